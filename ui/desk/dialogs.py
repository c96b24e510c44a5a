"""The questions that the window asks over its screen: their words, and the answers there are."""

# ruff: noqa: ARG001  # one signature for all that find the answers to a question
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from kiosk.domain.language import Text
from kiosk.sync.desk_wire import MOST_SCANNED, NOTE_LENGTH, CounterState, CounterView, Leaving, LineRow
from ui.desk.commands import key_list
from ui.desk.describe_hall import line_key
from ui.desk.durations import minutes
from ui.desk.names import Names
from ui.desk.refusals import said_of
from ui.desk.rows import ChoiceRow
from ui.desk.situation import Asked, Question, Situation
from ui.desk.view import DialogView

Choice = tuple[str, Text, str]
"""Key, name, detail."""

OPEN: Final = "open"
PAUSE: Final = "pause"
CLOSE: Final = "close"
SWITCH: Final = "switch"
OTHER: Final = "other"
SIGN_OUT: Final = "sign_out"
SET_QUEUES: Final = "set_queues"
RELEASE: Final = "release"
ANSWER_ALARM: Final = "answer_alarm"
STAY: Final = "stay"
"""Of DISMISS: nobody is sent home, and nothing is closed."""
HERE: Final = "here"
"""Of FIND: whoever has the typed label stands here."""
_MOST_FOUND: Final = 60

_TITLES: Final[Mapping[Question, Text]] = {
    Question.COUNTER: Text("Loket ini", "This counter"),
    Question.SWITCH: Text("Ganti loket", "Other counter"),
    Question.OTHER_COUNTER: Text("Ganti loket", "Other counter"),
    Question.LEAVING: Text("Masih ada yang menunggu", "People are still waiting"),
    Question.DISMISS: Text("Pulangkan semua yang menunggu?", "Send home everybody who waits?"),
    Question.TRANSFER: Text("Alihkan ke layanan lain", "Transfer to another service"),
    Question.ADD: Text("Tambah layanan", "Add a service"),
    Question.NOTE: Text("Catatan untuk loket berikutnya", "Note for the next counter"),
    Question.FIND: Text("Ketik nomor tiket", "Type a ticket's number"),
    Question.OVERTAKE: Text("Mendahului yang lain?", "Overtake others?"),
    Question.HELP: Text("Semua tombol", "All keys"),
    Question.QUIT: Text("Tutup Giliran?", "Close Giliran?"),
    Question.HALL_COUNTER: Text("Loket", "Counter"),
    Question.HALL_QUEUE: Text("Antrean", "Queue"),
    Question.SET_QUEUES: Text("Antrean di loket", "Queues of counter"),
    Question.VOID: Text("Batalkan tiket", "Void a ticket"),
    Question.VOID_REASON: Text("Mengapa dibatalkan?", "Why is it void?"),
    Question.UNLOCK: Text("Buka kunci petugas", "Unlock an officer"),
    Question.RELEASE: Text("Kembalikan ke antrean?", "Back into the line?"),
}
_TEXTS: Final[Mapping[Question, Text]] = {
    Question.OTHER_COUNTER: Text("Nomor pada papan loket.", "The number on its sign."),
    Question.DISMISS: Text(
        "Mereka kehilangan tempatnya, dan ini tidak bisa diurungkan.",
        "They lose their places, and this cannot be undone.",
    ),
    Question.TRANSFER: Text(
        "Waktu menunggunya ikut pindah; tempatnya tidak hilang.", "The wait goes along; no place is lost."
    ),
    Question.NOTE: Text(
        "Jangan tulis data pribadi: tanpa nama, NIK, telepon, atau alamat.",
        "Write no personal data: no name, NIK, phone or address.",
    ),
    Question.FIND: Text("Seperti di tiket, misalnya D-045.", "As on the slip, such as D-045."),
    Question.QUIT: Text(
        "Anda keluar, dan loket ini berhenti memanggil.", "You are signed out, and this counter stops calling."
    ),
    Question.VOID: Text("Nomor tiket seperti di kertas.", "The ticket's number as on the paper."),
    Question.RELEASE: Text(
        "Pengunjung di loket itu kembali ke tempat semula dalam antrean.",
        "Whoever is at that counter goes back to the old place in the line.",
    ),
    Question.SET_QUEUES: Text("Tandai dengan Enter atau angka, lalu simpan.", "Tick with Enter or a digit, then save."),
}
_CONFIRM: Final[Mapping[Question, Text]] = {
    Question.OTHER_COUNTER: Text("Pakai loket ini", "Take this counter"),
    Question.NOTE: Text("Simpan", "Save"),
    Question.OVERTAKE: Text("Panggil juga", "Call all the same"),
    Question.QUIT: Text("Tutup", "Close"),
    Question.SET_QUEUES: Text("Simpan", "Save"),
    Question.VOID: Text("Lanjut", "Go on"),
    Question.RELEASE: Text("Kembalikan", "Put back"),
}
_HINTS: Final[Mapping[Question, Text]] = {
    Question.OTHER_COUNTER: Text("Nomor loket", "Counter number"),
    Question.TRANSFER: Text("Cari layanan", "Search a service"),
    Question.ADD: Text("Cari layanan", "Search a service"),
    Question.NOTE: Text("Misalnya: tinggal ambil di loket 3", "Such as: only to collect at counter 3"),
    Question.FIND: Text("Nomor tiket", "Ticket number"),
    Question.VOID: Text("Nomor tiket", "Ticket number"),
}
"""Whoever has one has a field."""
_MOST: Final[Mapping[Question, int]] = {
    Question.NOTE: NOTE_LENGTH,
    Question.OTHER_COUNTER: 4,
    Question.FIND: MOST_SCANNED,
}
LEAVING: Final[tuple[Choice, ...]] = (
    ("keep", Text("Mereka tetap menunggu: loket lain akan buka", "They keep waiting: another counter opens"), ""),
    ("serve_only", Text("Dilayani sampai habis, nomor baru berhenti", "Serve them all, give no more numbers"), ""),
    ("dismiss", Text("Dipulangkan: antrean ini dibatalkan", "Send them home: this queue is cancelled"), ""),
)
_REASONS: Final[tuple[Choice, ...]] = (
    ("mistake", Text("Salah ambil", "Taken by mistake"), ""),
    ("left", Text("Pengunjung sudah pulang", "The visitor has left"), ""),
    ("duplicate", Text("Nomor ganda", "A second number"), ""),
    ("misuse", Text("Disalahgunakan", "Misused"), ""),
)


def dialog_view(now: Situation, names: Names) -> DialogView:
    asked = now.asked
    if asked is None:
        return DialogView()
    question, language = asked.question, now.language
    title = _TITLES[question].in_language(language)
    has_subject = question in {Question.HALL_COUNTER, Question.SET_QUEUES, Question.VOID_REASON}
    if question is Question.HALL_QUEUE:
        title = names.queue(asked.about)
    elif has_subject:
        title = f"{title} {asked.about}" if question is not Question.VOID_REASON else f"{asked.about}: {title}"
    is_transfer = question is Question.TRANSFER
    return DialogView(
        name=question,
        title=title,
        text=_text(asked, now).in_language(language),
        has_field=question in _HINTS,
        hint=_word(_HINTS, question, now),
        initial=asked.typed,
        most=_MOST.get(question, 60),
        is_digits=question is Question.OTHER_COUNTER,
        confirm=_word(_CONFIRM, question, now),
        toggle=Text("Kembali ke loket ini sesudahnya", "Comes back here afterwards").in_language(language)
        if is_transfer
        else "",
        is_toggled=asked.is_toggled,
        choices=tuple(_rows(asked, now, names)),
    )


def _word(words: Mapping[Question, Text], question: Question, now: Situation) -> str:
    return words[question].in_language(now.language) if question in words else ""


def _text(asked: Asked, now: Situation) -> Text:
    if asked.question in {Question.OVERTAKE, Question.LEAVING} and now.desk.answer is not None:
        said = said_of(now.desk.answer, now.language)
        return Text("", "") if said is None else Text(said.text, said.text)
    if asked.question is Question.UNLOCK and not (now.desk.hall and now.desk.hall.locked_staff):
        return Text("Tidak ada petugas yang terkunci.", "Nobody is locked out.")
    return _TEXTS.get(asked.question, Text("", ""))


def _rows(asked: Asked, now: Situation, names: Names) -> Iterable[ChoiceRow]:
    find = _CHOICES.get(asked.question)
    has_digits = asked.question not in _HINTS
    for place, (key, name, detail) in enumerate(find(asked, now, names) if find else ()):
        digit = str(place + 1) if has_digits and place < 9 else ""
        if asked.question is Question.HELP:
            digit = key
        yield ChoiceRow(key, digit, name.in_language(now.language), detail, key in asked.ticked)


def _counter(asked: Asked, now: Situation, names: Names) -> Iterable[Choice]:
    if now.counter_state is not CounterState.OPEN:
        yield OPEN, Text("Buka loket", "Open the counter"), ""
    if now.counter_state is CounterState.OPEN:
        yield PAUSE, Text("Istirahat", "Take a break"), ""
    if now.counter_state is not CounterState.CLOSED:
        yield CLOSE, Text("Tutup loket", "Close the counter"), ""
    yield SWITCH, Text("Ganti loket", "Other counter"), ""
    yield SIGN_OUT, Text("Keluar", "Sign out"), ""


def _dismiss(asked: Asked, now: Situation, names: Names) -> Iterable[Choice]:
    """The harmless one first: Enter has just been pressed, and may be pressed twice."""
    waiting = now.desk.answer.waiting if now.desk.answer is not None else 0
    yield STAY, Text("Tidak jadi: mereka tetap menunggu", "Do not: they keep waiting"), ""
    everybody = Text(f"Pulangkan {waiting} orang", f"Send {waiting} home")
    yield Leaving.DISMISS, everybody if waiting else Text("Pulangkan semua", "Send them all home"), ""


def _switch(asked: Asked, now: Situation, names: Names) -> Iterable[Choice]:
    view = now.desk.view
    mine = view.counter if view else None
    others = [number for number in names.counters_beside(mine.queues if mine else ()) if number != now.desk.counter]
    for number in others[:8]:
        yield str(number), Text(f"Loket {number}", f"Counter {number}"), ""
    yield OTHER, Text("Loket lain, ketik nomornya", "Another one, type its number"), ""


def _services(asked: Asked, now: Situation, names: Names) -> Iterable[Choice]:
    words = asked.typed.casefold().split()
    here = now.stop.service_id if now.stop else ""
    found = 0
    for service_id, name, detail in names.offered():
        text = f"{name} {detail}".casefold()
        if service_id != here and all(word in text for word in words):
            found += 1
            yield service_id, Text(name, name), detail
            if found == _MOST_FOUND:
                return


def _tickets(asked: Asked, now: Situation, names: Names) -> Iterable[Choice]:
    typed = asked.typed.strip().upper()
    if typed:
        yield HERE, Text(f"{typed}: pengunjung ada di sini", f"{typed}: the visitor is here"), ""
    view = now.desk.view
    if view is None or not now.is_live:
        return
    for row in view.line:
        if _is_meant(row, typed):
            waited = minutes(row.waited_s, now.language)
            yield line_key(row), Text(f"Panggil {row.label}", f"Call {row.label}"), f"{row.queue} · {waited}"


def _is_meant(row: LineRow, typed: str) -> bool:
    plain = row.label.replace("-", "")
    return bool(typed) and (typed.replace("-", "") in plain or plain.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ0") == typed)


def _help(asked: Asked, now: Situation, names: Names) -> Iterable[Choice]:
    return ((cap, Text(text, text), "") for cap, text in key_list(now.language))


def _hall_counter(asked: Asked, now: Situation, names: Names) -> Iterable[Choice]:
    counter = counter_in_hall(asked, now)
    if counter is None:
        return
    if counter.has_alarm:
        yield ANSWER_ALARM, Text("Panggilan bantuan dijawab", "The call for help is answered"), ""
    yield SET_QUEUES, Text("Ubah antrean", "Change its queues"), ", ".join(counter.queues)
    yield RELEASE, Text("Kembalikan pengunjung ke antrean", "Put its visitor back into the line"), ""
    if counter.state is not CounterState.CLOSED:
        yield CLOSE, Text("Tutup loket", "Close the counter"), counter.officer or ""


def _hall_queue(asked: Asked, now: Situation, names: Names) -> Iterable[Choice]:
    hall = now.desk.hall
    queue = next((each for each in hall.queues if each.queue == asked.about), None) if hall else None
    if queue is not None and queue.is_closed:
        yield OPEN, Text("Buka lagi: nomor diberikan", "Open again: numbers are given"), ""
    else:
        yield CLOSE, Text("Tutup: tidak ada nomor baru", "Close: no more numbers"), ""


def _all_queues(asked: Asked, now: Situation, names: Names) -> Iterable[Choice]:
    hall = now.desk.hall
    for queue in hall.queues if hall else ():
        name = names.queue(queue.queue)
        yield (
            queue.queue,
            Text(name, name),
            Text(f"{queue.waiting} menunggu", f"{queue.waiting} waiting").in_language(now.language),
        )


def _locked(asked: Asked, now: Situation, names: Names) -> Iterable[Choice]:
    return ((staff, Text(staff, staff), "") for staff in (now.desk.hall.locked_staff if now.desk.hall else ()))


def counter_in_hall(asked: Asked, now: Situation) -> CounterView | None:
    hall = now.desk.hall
    return next((each for each in hall.counters if str(each.counter) == asked.about), None) if hall else None


_CHOICES: Final[Mapping[Question, Callable[[Asked, Situation, Names], Iterable[Choice]]]] = {
    Question.COUNTER: _counter,
    Question.SWITCH: _switch,
    Question.LEAVING: lambda *_: LEAVING,
    Question.DISMISS: _dismiss,
    Question.TRANSFER: _services,
    Question.ADD: _services,
    Question.FIND: _tickets,
    Question.HELP: _help,
    Question.HALL_COUNTER: _hall_counter,
    Question.HALL_QUEUE: _hall_queue,
    Question.SET_QUEUES: _all_queues,
    Question.VOID_REASON: lambda *_: _REASONS,
    Question.UNLOCK: _locked,
}
