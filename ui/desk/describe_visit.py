"""The visit at this counter, in words."""

from collections.abc import Mapping
from typing import Final

from kiosk.domain.language import Language, Text
from kiosk.domain.stop_life import ACTIVE, CLOSED
from kiosk.domain.ticket import StopState
from kiosk.sync.desk_wire import CounterState, StopView, VisitView
from ui.desk.durations import minutes, span, timer
from ui.desk.names import Names
from ui.desk.rows import RequirementRow, StopRow
from ui.desk.situation import Situation
from ui.desk.tones import Tone
from ui.desk.view import VisitPanelView

STATES: Final[Mapping[StopState, tuple[Text, Tone]]] = {
    StopState.PENDING: (Text("Belum gilirannya", "Not yet its turn"), Tone.NOTICE),
    StopState.WAITING: (Text("Menunggu", "Waiting"), Tone.NOTICE),
    StopState.CALLED: (Text("Dipanggil", "Called"), Tone.MIND),
    StopState.SERVING: (Text("Dilayani", "Being served"), Tone.GOOD),
    StopState.PARKED: (Text("Ditunda", "Parked"), Tone.MIND),
    StopState.TRANSFERRED: (Text("Dialihkan", "Transferred"), Tone.NOTICE),
    StopState.COMPLETED: (Text("Selesai", "Done"), Tone.GOOD),
    StopState.NO_SHOW: (Text("Tidak hadir", "No-show"), Tone.STOP),
    StopState.CANCELLED: (Text("Dibatalkan", "Cancelled"), Tone.STOP),
    StopState.EXPIRED: (Text("Lewat hari", "Expired"), Tone.STOP),
}
_LANGUAGES: Final[Mapping[str, Text]] = {"en": Text("Tiket berbahasa Inggris", "Ticket in English")}
_IDLE: Final[Mapping[CounterState | None, tuple[Text, Text, str]]] = {
    CounterState.OPEN: (
        Text("Siap memanggil", "Ready to call"),
        Text(
            "Tekan F2 untuk memanggil, atau pindai tiket pengunjung.", "Press F2 to call, or scan a visitor's ticket."
        ),
        "megaphone",
    ),
    CounterState.PAUSED: (
        Text("Loket sedang istirahat", "The counter is on a break"),
        Text("Tekan F12 untuk membuka lagi.", "Press F12 to open it again."),
        "clock",
    ),
    CounterState.CLOSED: (
        Text("Loket belum buka", "The counter is not open"),
        Text("Tekan F12 untuk membuka loket.", "Press F12 to open the counter."),
        "storefront",
    ),
    None: (
        Text("Pilih loket", "Choose a counter"),
        Text("Tekan Ctrl+L untuk memilih loket Anda.", "Press Ctrl+L to choose your counter."),
        "storefront",
    ),
}
_EMPTY: Final = (
    Text("Tidak ada yang menunggu", "Nobody is waiting"),
    Text("Siapa yang mengambil nomor tampil di sini.", "Whoever takes a number appears here."),
    "ticket",
)
_OFFLINE: Final = (
    Text("Pindai tiket pengunjung", "Scan the visitor's ticket"),
    Text(
        "Server tidak terhubung. Siapa yang membawa tiket tetap dilayani.",
        "The server is away. Whoever brings a ticket is served all the same.",
    ),
    "ticket",
)


def _idle(now: Situation) -> tuple[Text, Text, str]:
    view = now.desk.view
    is_empty = view is not None and view.line_total == 0
    return _EMPTY if is_empty and now.counter_state is CounterState.OPEN else _IDLE[now.counter_state]


def visit_panel(now: Situation, names: Names) -> VisitPanelView:
    visit, stop = now.visit, now.stop
    if visit is None or stop is None:
        heading, text, icon = _idle(now) if now.is_live else _OFFLINE
        return VisitPanelView(heading=heading.in_language(now.language), text=text.in_language(now.language), icon=icon)
    language = now.language
    is_serving = stop.state is StopState.SERVING
    is_offline = now.desk.offline_visit is not None
    state, tone = STATES[stop.state]
    passed = round(now.elapsed_s)
    is_late = stop.promised_high_s is not None and stop.waited_s > stop.promised_high_s
    return VisitPanelView(
        label=visit.label,
        is_priority=visit.is_priority,
        is_serving=is_serving,
        is_offline=is_offline,
        state_text=_state_words(stop, state).in_language(language),
        state_tone=tone,
        service=names.service(stop.service_id),
        agency=names.agency(stop.service_id),
        timer_text=timer((stop.serving_s or 0) + passed) if is_serving else minutes(stop.waited_s, language),
        timer_caption=(Text("Dilayani", "Serving") if is_serving else Text("Menunggu", "Waited")).in_language(language),
        waited_text="" if is_offline else minutes(stop.waited_s, language),
        promise_text=span(stop.promised_low_s, stop.promised_high_s, language),
        is_late=is_late,
        language_text=_LANGUAGES[visit.language].in_language(language) if visit.language in _LANGUAGES else "",
        next_text=_next(visit, names),
        note=visit.note,
        conflict_text=_conflict(visit).in_language(language),
    )


def stop_rows(now: Situation, names: Names) -> tuple[StopRow, ...]:
    visit = now.visit
    return () if visit is None else tuple(_stop_row(stop, visit, names) for stop in visit.stops)


def requirement_rows(now: Situation, names: Names) -> tuple[RequirementRow, ...]:
    if now.stop is None:
        return ()
    entries = names.requirements(now.stop.service_id)
    return tuple(RequirementRow(number, text, number in now.ticked) for number, text in enumerate(entries))


def _state_words(stop: StopView, state: Text) -> Text:
    if stop.state is StopState.CALLED and stop.calls > 1:
        return Text(f"Dipanggil {stop.calls} kali", f"Called {stop.calls} times")
    return state


def _stop_row(stop: StopView, visit: VisitView, names: Names) -> StopRow:
    language = names.language
    state, tone = STATES[stop.state]
    is_here = stop.position == visit.position
    is_over = stop.state in CLOSED
    words = state.in_language(language)
    if stop.counter is not None and not is_here and (is_over or stop.state in ACTIVE):
        words += Text(f", loket {stop.counter}", f", counter {stop.counter}").in_language(language)
    if stop.after and stop.state is StopState.PENDING:
        order = ", ".join(map(str, stop.after))
        words = Text(f"Setelah nomor {order}", f"After number {order}").in_language(language)
    promised = span(stop.promised_low_s, stop.promised_high_s, language)
    wait = minutes(stop.waited_s, language)
    if promised:
        wait = Text(f"{wait} (janji {promised})", f"{wait} (promised {promised})").in_language(language)
    where = names.counter_at(stop.places[0]) if stop.places and not is_over and not is_here else ""
    if where and stop.waiting_there:
        where += Text(f" · {stop.waiting_there} menunggu", f" · {stop.waiting_there} waiting").in_language(language)
    return StopRow(
        stop.position, names.service(stop.service_id), names.agency(stop.service_id), words,
        tone, is_here, is_over, where, "" if stop.waited_s == 0 else wait,
    )  # fmt: skip


def _next(visit: VisitView, names: Names) -> str:
    """Where the visitor goes from here, as the officer says it."""
    language: Language = names.language
    for stop in visit.stops:
        if stop.position != visit.position and stop.state not in CLOSED and stop.places:
            place = names.counter_at(stop.places[0])
            return Text(f"Sesudah ini: {place}", f"After this: {place}").in_language(language)
    return ""


def _conflict(visit: VisitView) -> Text:
    if not visit.conflict:
        return Text("", "")
    return Text(
        "Loket lain juga melayani tiket ini selagi terputus. Cocokkan hasilnya dengan pengunjung.",
        "Another counter served this ticket too while cut off. Compare what was done with the visitor.",
    )
