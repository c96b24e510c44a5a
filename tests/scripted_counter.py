"""A counter machine without a server: a small hall in memory, by the rules that a desk meets, on the caller's thread.

For the officer's window alone: its tests and its pictures. What it answers is what the site server would.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from kiosk.clock import Clock
from kiosk.desk.state import DeskState, Link, OnState, Person
from kiosk.domain.scan import ScanVerdict
from kiosk.domain.ticket import StopState
from kiosk.sync.desk_wire import (
    Answer,
    CounterState,
    CounterView,
    DeskVerb,
    DeskView,
    HallView,
    Leaving,
    LineRow,
    Place,
    Refusal,
    Role,
    ScanAnswer,
    StopView,
    SuperviseVerb,
    UndoOffer,
    VisitView,
    VoidReason,
)
from tests.scripted_hall import shipped_hall, whole_hall

if TYPE_CHECKING:
    from collections.abc import Callable

PIN = "739154"
GIVEN_PIN = "202611"
"""Must be changed."""
STAFF = {"P-014": Role.OFFICER, "S-002": Role.SUPERVISOR}
_TEN_SECONDS = timedelta(seconds=10)


class ScriptedCounter:
    """`asked`: every call with its arguments, in order. Tickets are labels D-001 and on; their id is that number."""

    def __init__(self, clock: Clock, *, waiting: int = 6, link: Link = Link.LIVE) -> None:
        self.clock = clock
        self.asked: list[tuple[object, ...]] = []
        self._watchers: list[OnState] = []
        self.site, self.catalogue = shipped_hall()
        queue = self.site.queue_by_code["D"]
        self.services = tuple(sorted(queue.service_ids, key=lambda each: self.catalogue.services[each].number))
        elsewhere = self.site.queue_by_code["NK"]
        self.other_service = min(elsewhere.service_ids)
        self.state = DeskState(
            link=link, since=clock.now(), can_judge=True, site=self.site, catalogue=self.catalogue
        )  # fmt: skip
        self.waiting = [self.row(number, waited_s=60 * (25 - 3 * number)) for number in range(1, waiting + 1)]
        self.parked: list[LineRow] = []
        self.missed: list[LineRow] = []
        self.visit: VisitView | None = None
        self.counter = CounterView(counter=9, state=CounterState.CLOSED, queues=("D",), floor=1, zone="1B")
        self.undo: tuple[UndoOffer, Callable[[], None]] | None = None
        self.alarms: tuple[int, ...] = ()
        self.hall: HallView | None = None
        self.is_closed = False

    # What the window asks

    def watch(self, on_state: OnState) -> None:
        self._watchers.append(on_state)
        on_state(self.state)

    def sign_in(self, staff: str, pin: str, counter: int | None, new_pin: str | None = None) -> None:
        self.asked.append(("sign_in", staff, pin, counter, new_pin))
        if staff not in STAFF or pin not in {PIN, GIVEN_PIN}:
            self.refuse(Refusal.WRONG_PIN)
        elif pin == GIVEN_PIN and new_pin is None:
            self.refuse(Refusal.MUST_CHANGE)
        elif new_pin in {"111111", "123456"}:
            self.refuse(Refusal.WEAK_PIN)
        else:
            self.counter = self.counter.model_copy(update={"counter": counter or 9, "officer": staff})
            self.change(person=Person(staff, STAFF[staff]), counter=counter or 9)
            self.tell()

    def sign_out(self) -> None:
        self.asked.append(("sign_out",))
        self.change(person=None, is_locked=False, view=None, hall=None)

    def lock(self) -> None:
        self.asked.append(("lock",))
        self.change(is_locked=True)

    def unlock(self, pin: str) -> None:
        self.asked.append(("unlock", pin))
        if pin == PIN:
            self.change(is_locked=False)
        else:
            self.refuse(Refusal.WRONG_PIN)

    def scan(self, text: str) -> None:
        self.asked.append(("scan", text))
        row = next((each for each in (*self.waiting, *self.parked, *self.missed) if each.label in text), None)
        if self.state.link is Link.CUT_OFF:
            self.serve_from_paper(text)
        elif row is None:
            self.say(ScanVerdict.UNREADABLE if "-" not in text else ScanVerdict.UNKNOWN)
        elif self.counter.state is not CounterState.OPEN:
            self.say(ScanVerdict.COUNTER_CLOSED, row.label)
        elif self.visit is not None:
            self.say(ScanVerdict.COUNTER_BUSY, row.label)
        elif row in self.missed:
            self.missed.remove(row)
            self.waiting.append(row)
            self.say(ScanVerdict.RETURNED, row.label)
        else:
            self.take_out(row)
            self.visit = self.visit_of(row, StopState.SERVING)
            self.say(ScanVerdict.STARTED, row.label)

    def act(
        self,
        verb: DeskVerb,
        *,
        ticket: str | None = None,
        position: int | None = None,
        service: str | None = None,
        comes_back: bool = False,
        is_priority: bool | None = None,
        note: str | None = None,
        confirmed: bool = False,
    ) -> None:
        self.asked.append(("act", verb, ticket, service, comes_back, is_priority, note, confirmed))
        refusal = self._do(verb, ticket, note, is_priority=is_priority, confirmed=confirmed)
        if refusal is not None:
            self.refuse(refusal, overtaken=tuple(row.label for row in self.waiting[:2]))
        else:
            self.tell(is_answer=True)

    def set_counter(
        self, counter: int, state: CounterState, queues: tuple[str, ...] | None = None, leaving: Leaving | None = None
    ) -> None:
        self.asked.append(("set_counter", counter, state, queues, leaving))
        if state is CounterState.CLOSED and self.waiting and leaving is None:
            self.refuse(Refusal.PEOPLE_WAIT, waiting=len(self.waiting))
            return
        self.counter = self.counter.model_copy(update={"counter": counter, "state": state})
        self.change(counter=counter)
        self.tell(is_answer=True)

    def look_at_hall(self, *, is_open: bool) -> None:
        self.asked.append(("look_at_hall", is_open))
        self.hall = whole_hall(self.site, self.counter, self.clock.now()) if is_open else None
        self.change(hall=self.hall)

    def supervise(
        self,
        verb: SuperviseVerb,
        *,
        counter: int | None = None,
        queue: str | None = None,
        queues: tuple[str, ...] | None = None,
        staff: str | None = None,
        label: str | None = None,
        reason: VoidReason | None = None,
        leaving: Leaving | None = None,
    ) -> None:
        self.asked.append(("supervise", verb, counter, queue, queues, staff, label, reason, leaving))
        self.tell(is_answer=True)

    def close(self) -> None:
        self.is_closed = True

    # How the hall answers

    def _do(
        self, verb: DeskVerb, ticket: str | None, note: str | None, *, is_priority: bool | None, confirmed: bool
    ) -> Refusal | None:
        self.undo = None if verb is not DeskVerb.UNDO else self.undo
        match verb:
            case DeskVerb.CALL_NEXT if not self.waiting:
                return Refusal.NOBODY_WAITS
            case DeskVerb.CALL_NEXT:
                self.call(self.waiting[0])
            case DeskVerb.CALL:
                row = next(row for row in self.waiting if row.ticket == ticket)
                if row is not self.waiting[0] and not confirmed:
                    return Refusal.OVERTAKES
                self.call(row)
            case DeskVerb.NOTE if note and any(character.isdigit() for character in note):
                return Refusal.PERSONAL
            case DeskVerb.UNDO if self.undo is not None:
                self.undo[1]()
                self.undo = None
            case DeskVerb.ALARM if self.state.link is Link.CUT_OFF:
                return Refusal.NOT_POSSIBLE
            case DeskVerb.ALARM:
                self.counter = self.counter.model_copy(update={"has_alarm": True})
                self.alarms = (self.counter.counter,)
            case DeskVerb.UNPARK:
                self.waiting.insert(0, self.parked.pop(0))
            case _:
                self._treat(verb, note, is_priority=is_priority)
        return None

    def _treat(self, verb: DeskVerb, note: str | None, *, is_priority: bool | None) -> None:
        visit = self.visit or self.state.offline_visit
        assert visit is not None
        match verb:
            case DeskVerb.RECALL:
                self.change_stop(calls=visit.stops[0].calls + 1)
            case DeskVerb.START:
                self.change_stop(state=StopState.SERVING, serving_s=0)
            case DeskVerb.COMPLETE | DeskVerb.TRANSFER:
                self.visit = None
                self.change(offline_visit=None)
                self.offer(verb, visit)
            case DeskVerb.NO_SHOW:
                self.visit = None
                self.missed.append(self.row(int(visit.ticket, 16)))
                self.offer(verb, visit)
            case DeskVerb.PARK:
                self.visit = None
                self.parked.append(self.row(int(visit.ticket, 16)))
            case DeskVerb.PRIORITY:
                self.visit = visit.model_copy(update={"is_priority": bool(is_priority)})
            case DeskVerb.NOTE:
                self.visit = visit.model_copy(update={"note": note or ""})

    def call(self, row: LineRow) -> None:
        self.take_out(row)
        self.visit = self.visit_of(row, StopState.CALLED)
        self.offer(DeskVerb.CALL, self.visit)

    def offer(self, verb: DeskVerb, visit: VisitView) -> None:
        """Ten seconds to take it back: who was called stands first again, who was served is here again."""

        def take_back() -> None:
            row = self.row(int(visit.ticket, 16))
            self.missed = [each for each in self.missed if each.ticket != row.ticket]
            if verb is DeskVerb.CALL:
                self.visit = None
                self.waiting.insert(0, row)
            else:
                self.visit = visit

        until = self.clock.now() + _TEN_SECONDS
        self.undo = (UndoOffer(action="0" * 16, verb=verb, label=visit.label, until=until), take_back)

    def take_out(self, row: LineRow) -> None:
        for rows in (self.waiting, self.parked, self.missed):
            if row in rows:
                rows.remove(row)

    def change_stop(self, **changes: object) -> None:
        assert self.visit is not None
        first, *others = self.visit.stops
        self.visit = self.visit.model_copy(update={"stops": (first.model_copy(update=changes), *others)})

    def row(self, number: int, waited_s: int = 600, **changes: object) -> LineRow:
        row = LineRow(
            ticket=f"{number:016x}", label=f"D-{number:03d}", position=1, queue="D",
            service_id=self.services[number % len(self.services)], is_priority=False, waited_s=max(0, waited_s),
            promised_high_s=1500,
        )  # fmt: skip
        return row.model_copy(update=changes)

    def visit_of(self, row: LineRow, state: StopState) -> VisitView:
        here = StopView(
            position=1, service_id=row.service_id, queue="D", state=state, counter=self.counter.counter,
            waited_s=row.waited_s, calls=1, serving_s=0 if state is StopState.SERVING else None,
            promised_low_s=600, promised_high_s=1500,
        )  # fmt: skip
        there = StopView(
            position=2, service_id=self.other_service, queue="NK", state=StopState.WAITING, waited_s=row.waited_s,
            waiting_there=4, places=(Place(counter=21, floor=2, zone="2A"),),
        )  # fmt: skip
        return VisitView(
            ticket=row.ticket, label=row.label, is_priority=row.is_priority, language="id",
            issued_at=self.clock.now() - timedelta(seconds=row.waited_s), position=1, stops=(here, there),
        )  # fmt: skip

    def serve_from_paper(self, text: str) -> None:
        row = self.row(45, waited_s=0)
        visit = self.visit_of(row, StopState.SERVING)
        self.change(offline_visit=visit, unsent=self.state.unsent + 1)
        self.say(ScanVerdict.STARTED_OFFLINE, row.label)

    # How the window hears of it

    def say(self, verdict: ScanVerdict, label: str = "", **facts: object) -> None:
        answer = ScanAnswer.model_validate({"verdict": verdict, "label": label, **facts})
        self.change(scan=answer, scan_count=self.state.scan_count + 1)
        self.tell()

    def refuse(self, refusal: Refusal, **facts: object) -> None:
        answer = Answer.model_validate({"refusal": refusal, **facts})
        self.change(answer=answer, answer_count=self.state.answer_count + 1)

    def tell(self, *, is_answer: bool = False) -> None:
        """The view as it is now."""
        if self.state.person is None:
            return
        if is_answer:
            self.change(answer=Answer(), answer_count=self.state.answer_count + 1)
        self.change(view=self.view())

    def view(self) -> DeskView:
        person = self.state.person
        assert person is not None
        now: datetime = self.clock.now()
        is_supervisor = person.role is Role.SUPERVISOR
        return DeskView(
            server_time=now, service_day=now.date(), staff=person.staff, role=person.role, counter=self.counter,
            visit=self.visit, line=tuple(self.waiting), line_total=len(self.waiting), parked=tuple(self.parked),
            missed=tuple(self.missed), undo=self.undo[0] if self.undo else None,
            alarms=self.alarms if is_supervisor else (),
        )  # fmt: skip

    def change(self, **changes: object) -> None:
        self.state = replace(self.state, **changes)  # type: ignore[arg-type]  # mypy does not know replace's keywords
        for watcher in self._watchers:
            watcher(self.state)
