"""From what the window knows to what it shows. Pure; wording in one language, no Qt."""

from dataclasses import replace
from datetime import timedelta
from enum import IntEnum
from typing import Final

from kiosk.desk.state import Link
from kiosk.domain.language import Language, Text
from kiosk.sync.desk_wire import UNDO_WITHIN_S, CounterState, Refusal, Role
from ui.desk import refusals, verdicts
from ui.desk.commands import action_rows
from ui.desk.describe_hall import COUNTER_STATES, counter_rows, hall_caption, line_items, queue_rows
from ui.desk.describe_visit import requirement_rows, stop_rows, visit_panel
from ui.desk.dialogs import dialog_view
from ui.desk.names import Names
from ui.desk.situation import Shown, Situation
from ui.desk.verdicts import Said
from ui.desk.view import DeskWindowView


class Screen(IntEnum):
    """The numbers of DeskViewModel.Screen."""

    UNREADY = 0
    """The desk cannot work yet, or no more: says what to do."""
    SIGN_IN = 1
    NEW_PIN = 2
    LOCKED = 3
    DESK = 4
    HALL = 5


SIGN_IN_REFUSALS: Final = frozenset(
    {Refusal.WRONG_PIN, Refusal.WAIT, Refusal.LOCKED, Refusal.WEAK_PIN, Refusal.MUST_CHANGE}
)
_ROLES: Final = {
    Role.OFFICER: Text("petugas", "officer"),
    Role.SUPERVISOR: Text("pengawas", "supervisor"),
    Role.TECHNICIAN: Text("teknisi", "technician"),
}
_TOO_EARLY: Final = Text(
    "Masuk dahulu, lalu pindai tiket. PIN diketik satu per satu.",
    "Sign in first, then scan. Type the PIN digit by digit.",
)
_COUNTER_NUMBERS: Final = {CounterState.OPEN: 1, CounterState.PAUSED: 2, CounterState.CLOSED: 3}
_NOTICES: Final = {
    Link.STARTING: (
        Text("Menghubungi server", "Reaching the server"),
        Text("Sebentar lagi siap.", "Ready in a moment."),
    ),
    Link.NOT_ENROLLED: (
        Text("Loket ini belum didaftarkan", "This desk was not let in yet"),
        Text(
            "Hubungi teknisi: giliran enrol KODE --config desk.toml",
            "Ask a technician: giliran enrol CODE --config desk.toml",
        ),
    ),
    Link.SHUT_OUT: (
        Text("Loket ini sudah dicabut dari server", "The server has shut this desk out"),
        Text("Hubungi teknisi untuk mendaftarkannya lagi.", "Ask a technician to let it in again."),
    ),
}
_ENTER_TO_CALL: Final = Text("Enter: panggil", "Enter: call")
_NO_HINT: Final = Text("", "")
_ENTER_TO_SERVE: Final = Text("Enter: layani lagi", "Enter: serve again")
_ENTER_BACK: Final = Text("Enter: sudah kembali", "Enter: has come back")


def select_screen(now: Situation) -> Screen:
    desk = now.desk
    if desk.link in {Link.NOT_ENROLLED, Link.SHUT_OUT} or (desk.link is Link.STARTING and desk.person is None):
        return Screen.UNREADY
    if now.new_pin_stage:
        return Screen.NEW_PIN
    if desk.person is None:
        is_serving = now.serves_as_desk and (desk.offline_visit is not None or now.shown is Shown.SCAN)
        return Screen.DESK if is_serving else Screen.SIGN_IN
    if desk.is_locked:
        return Screen.LOCKED
    return Screen.HALL if now.is_hall_open and now.is_supervisor else Screen.DESK


def present(now: Situation) -> DeskWindowView:
    desk, language = now.desk, now.language
    names = Names(language, desk.site, desk.catalogue)
    screen = select_screen(now)
    view = desk.view
    counter = view.counter if view else None
    is_hidden = screen not in {Screen.DESK, Screen.HALL}
    notice, what_to_do = _NOTICES.get(desk.link, _NOTICES[Link.STARTING])
    heads = DeskWindowView(
        screen=screen,
        language=language,
        high_contrast=now.high_contrast,
        is_busy=desk.busy,
        is_strip=now.is_strip_wanted and now.asked is None and screen is Screen.DESK,
        site_name=desk.site.short_name.in_language(language) if desk.site else "Giliran",
        clock_text=now.local_time,
        counter_text=_counter_text(desk.counter, language),
        place_text="" if counter is None else names.place(counter.floor, counter.zone),
        counter_state=0 if counter is None else _COUNTER_NUMBERS[counter.state],
        counter_state_text="" if counter is None else COUNTER_STATES[counter.state][0].in_language(language),
        staff_text=""
        if desk.person is None
        else f"{desk.person.staff} · {_ROLES[desk.person.role].in_language(language)}",
        is_supervisor=now.is_supervisor,
        staff=desk.person.staff if desk.person else now.sign_in_staff,
        counter=str(now.sign_in_counter or desk.counter or ""),
        sign_in_text=_sign_in_text(now),
        sign_in_wait_s=_wait_left(now),
        is_cut_off=desk.link is Link.CUT_OFF,
        cut_off_text=_cut_off(desk.unsent, can_judge=desk.can_judge).in_language(language),
        notice_heading=notice.in_language(language),
        notice_text=desk.trouble or what_to_do.in_language(language),
        said=_said(now, names),
        said_count=now.said_count,
    )
    return heads if is_hidden else _with_work(heads, now, names)


def _with_work(heads: DeskWindowView, now: Situation, names: Names) -> DeskWindowView:
    """What nobody sees before signing in, nor on a locked screen."""
    view, language = now.desk.view, now.language
    left = undo_left_s(now)
    hall = now.desk.hall if now.is_hall_open else None
    can_call = now.is_live and now.visit is None and now.counter_state is CounterState.OPEN
    callable_row = next((row for row in view.line if not row.is_blocked), None) if view else None
    return replace(
        heads,
        alarm_text=_alarms(view.alarms if view else ()).in_language(language),
        told_text=_told(now).in_language(language),
        undo_text=view.undo.label if view and view.undo and left else "",
        undo_left_s=left,
        undo_total_s=UNDO_WITHIN_S,
        line_caption=_line_caption(view.line_total if view else 0, now.is_live).in_language(language),
        line_total=view.line_total if view else 0,
        next_label=callable_row.label if callable_row else "",
        visit=visit_panel(now, names),
        stops=stop_rows(now, names),
        requirements=requirement_rows(now, names),
        line=line_items(view.line, names, now.elapsed_s, _ENTER_TO_CALL if can_call else _NO_HINT) if view else (),
        parked=line_items(view.parked, names, now.elapsed_s, _ENTER_TO_SERVE) if view else (),
        missed=line_items(view.missed, names, now.elapsed_s, _ENTER_BACK) if view else (),
        actions=action_rows(now),
        dialog=dialog_view(now, names),
        counters=counter_rows(hall, names) if hall else (),
        queues=queue_rows(hall, names) if hall else (),
        hall_caption=hall_caption(hall, names) if hall else "",
    )


def undo_left_s(now: Situation) -> int:
    """Whole seconds in which the last deed can still be taken back."""
    view = now.desk.view
    if view is None or view.undo is None or not now.is_live:
        return 0
    left = view.undo.until - view.server_time - timedelta(seconds=now.elapsed_s)
    return max(0, min(UNDO_WITHIN_S, -int(-left.total_seconds() // 1)))


def _said(now: Situation, names: Names) -> Said:
    desk = now.desk
    if now.shown is Shown.SCAN and desk.scan is not None and desk.site is not None:
        return verdicts.said_of(desk.scan, desk.site.timezone, names)
    if now.shown is Shown.ANSWER and desk.answer is not None:
        return refusals.said_of(desk.answer, now.language, now.said_age_s) or Said()
    return Said()


def _sign_in_text(now: Situation) -> str:
    if now.shown is Shown.TOO_EARLY:
        return _TOO_EARLY.in_language(now.language)
    answer = now.desk.answer
    if answer is None or answer.refusal is None or now.shown is not Shown.ANSWER:
        return ""
    said = refusals.said_of(answer, now.language, now.said_age_s)
    return "" if said is None else f"{said.headline}. {said.text}"


def _wait_left(now: Situation) -> int:
    answer = now.desk.answer
    if answer is None or answer.wait_s is None or now.shown is not Shown.ANSWER:
        return 0
    return max(0, round(answer.wait_s - now.said_age_s))


def _counter_text(counter: int | None, language: Language) -> str:
    if counter is None:
        return Text("Belum ada loket", "No counter yet").in_language(language)
    return Text(f"Loket {counter}", f"Counter {counter}").in_language(language)


def _cut_off(unsent: int, *, can_judge: bool) -> Text:
    if not can_judge:
        return Text(
            "Terputus dari server, dan loket ini belum bisa memeriksa tiket: hubungi teknisi.",
            "Cut off from the server, and this desk cannot judge tickets yet: ask a technician.",
        )
    waiting = Text("", "")
    if unsent:
        waiting = Text(f" {unsent} catatan belum terkirim.", f" {unsent} records not sent yet.")
    return Text(
        f"Terputus dari server: tiket dilayani dari kertas, dikirim nanti.{waiting.id}",
        f"Cut off from the server: tickets are served from paper and sent later.{waiting.en}",
    )


def _alarms(counters: tuple[int, ...]) -> Text:
    if not counters:
        return Text("", "")
    listed = ", ".join(map(str, counters))
    return Text(f"Loket {listed} meminta bantuan", f"Counter {listed} calls for help")


def _told(now: Situation) -> Text:
    """A quiet word: that help was called is not for the eyes of whoever stands before the counter."""
    counter = now.desk.view.counter if now.desk.view else None
    if now.is_help_called and not now.is_live:
        return Text("Pengawas tidak terjangkau", "Supervisor out of reach")
    if now.is_help_called and counter is not None and counter.has_alarm:
        return Text("Pengawas diberi tahu", "Supervisor told")
    if now.stuck is not None:
        return now.stuck
    if now.unsaved_note is not None and now.asked is None and not now.desk.busy:
        return Text("Catatan belum disimpan (F11)", "Note not saved (F11)")
    return Text("", "")


def _line_caption(total: int, is_live: bool) -> Text:
    if not is_live:
        return Text("Terakhir diketahui", "As last known")
    return Text(f"{total} menunggu", f"{total} waiting")
