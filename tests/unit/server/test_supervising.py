"""What a supervisor sees of the hall and does in it, over HTTP at a real server."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from kiosk.domain.language import Language
from kiosk.domain.unseen_paper import Unseen
from kiosk.identity import new_identity
from kiosk.sync.desk_wire import (
    HALL_PATH,
    CounterState,
    DeskVerb,
    HallAnswer,
    Leaving,
    Refusal,
    Role,
    SuperviseVerb,
    View,
    VoidReason,
)
from server.devices import DeviceRecord
from server.enrolment import admit
from server.hall_view import SILENT_AFTER_S
from server.schema import staff
from tests.hall_with_desks import HallWithDesks, act, hall_of, hall_with_desks, set_counter, supervise
from tests.paired_desk import PairedDesk, action_name
from tests.paired_kiosk import SITE
from ui.desk.describe_hall import hall_caption
from ui.desk.names import Names

pytestmark = pytest.mark.usefixtures("on_both_databases")


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[HallWithDesks]:
    with hall_with_desks(tmp_path) as hall:
        yield hall


@pytest.fixture
def boss(hall: HallWithDesks) -> PairedDesk:
    return hall.desk("S-001", role=Role.SUPERVISOR)


@pytest.fixture
def desk(hall: HallWithDesks) -> PairedDesk:
    desk = hall.desk("P-017", 9)
    set_counter(desk, 9)
    return desk


@pytest.mark.parametrize("role", [Role.OFFICER, Role.TECHNICIAN])
def test_only_supervisors_see_and_do(hall: HallWithDesks, role: Role) -> None:
    other = hall.desk("P-020", role=role)
    assert other.ask(HALL_PATH, View(session=other.session), HallAnswer).refusal is Refusal.NOT_ALLOWED
    for verb in SuperviseVerb:
        answer = supervise(other, verb, queue="D", counter=9, staff="P-020", label="D-001A", reason=VoidReason.LEFT)
        assert (answer.refusal, answer.hall) == (Refusal.NOT_ALLOWED, None)
    assert hall.told("queue.closed", "queue.opened", "stop.cancelled", "staff.unlocked") == [], "nothing was done"


def test_who_is_signed_out_sees_nothing(hall: HallWithDesks, boss: PairedDesk) -> None:
    boss.sign_out()
    assert supervise(boss, SuperviseVerb.CLOSE_QUEUE, queue="D").refusal is Refusal.SIGNED_OUT
    assert boss.ask(HALL_PATH, View(session=boss.session), HallAnswer).hall is None
    assert hall.told("queue.closed") == []


def test_the_whole_hall(hall: HallWithDesks, boss: PairedDesk, desk: PairedDesk) -> None:
    hall.issue(3)
    act(desk, DeskVerb.CALL_NEXT)
    seen = hall_of(boss)
    by_number = {counter.counter: counter for counter in seen.counters}
    assert (by_number[9].state, by_number[9].officer, by_number[9].queues) == (CounterState.OPEN, "P-017", ("D",))
    assert (by_number[10].state, by_number[10].officer) == (CounterState.CLOSED, None)
    queue = next(each for each in seen.queues if each.queue == "D")
    assert (queue.waiting, queue.serving, queue.counters_open) == (2, 1, 1)
    assert len(seen.queues) > 30, "queues that nobody came to, too"
    assert seen.offline_tickets == 3
    assert seen.unseen_slips == ()
    assert seen.view is not None
    assert desk.device_id


def test_a_kiosk_whose_slips_nobody_brings_is_named_to_the_supervisor(hall: HallWithDesks, boss: PairedDesk) -> None:
    node = hall.server.node
    kiosk = new_identity()
    admit(node, DeviceRecord(kiosk.device_id, kiosk.public_key, SITE, 7, "G", "Anjungan lobi"))
    node.unseen_slips.found = {(SITE, kiosk.device_id): Unseen(12, 0), ("elsewhere", kiosk.device_id): Unseen(9, 0)}
    seen = hall_of(boss)
    assert seen.unseen_slips == ("Anjungan lobi",)
    assert "periksa kertas Anjungan lobi" in hall_caption(seen, Names(Language.INDONESIAN, None, None))
    assert "look at the paper of Anjungan lobi" in hall_caption(seen, Names(Language.ENGLISH, None, None))


def test_a_queue_is_closed_and_opened(hall: HallWithDesks, boss: PairedDesk) -> None:
    hall.issue(2)
    assert supervise(boss, SuperviseVerb.CLOSE_QUEUE, queue="D").refusal is Refusal.PEOPLE_WAIT
    answer = supervise(boss, SuperviseVerb.CLOSE_QUEUE, queue="D", leaving=Leaving.SERVE_ONLY)
    assert answer.hall is not None
    assert [queue.queue for queue in answer.hall.queues if queue.is_closed] == ["D"]
    assert hall.states() == ["waiting", "waiting"]
    supervise(boss, SuperviseVerb.CLOSE_QUEUE, queue="D", leaving=Leaving.DISMISS)
    assert hall.states() == ["cancelled", "cancelled"]
    opened = supervise(boss, SuperviseVerb.OPEN_QUEUE, queue="D").hall
    assert opened is not None
    assert [queue.queue for queue in opened.queues if queue.is_closed] == []
    supervise(boss, SuperviseVerb.OPEN_QUEUE, queue="D")
    assert [event.type for event in hall.told("queue.closed", "queue.opened")] == ["queue.closed", "queue.opened"]
    assert supervise(boss, SuperviseVerb.CLOSE_QUEUE, queue="QX").refusal is Refusal.NO_SUCH_QUEUE


def test_a_counter_is_closed_for_somebody(hall: HallWithDesks, boss: PairedDesk, desk: PairedDesk) -> None:
    hall.issue(2)
    act(desk, DeskVerb.CALL_NEXT)
    assert supervise(boss, SuperviseVerb.CLOSE_COUNTER, counter=9).refusal is Refusal.COUNTER_BUSY
    assert supervise(boss, SuperviseVerb.RELEASE, counter=9).refusal is None
    assert supervise(boss, SuperviseVerb.CLOSE_COUNTER, counter=9).refusal is Refusal.PEOPLE_WAIT
    assert supervise(boss, SuperviseVerb.CLOSE_COUNTER, counter=9, leaving=Leaving.KEEP).refusal is None
    assert hall.counter_row(9).state == "closed"
    other = hall.desk("P-018")
    assert set_counter(other, 9).refusal is None, "the counter is free for another"
    assert supervise(boss, SuperviseVerb.CLOSE_COUNTER, counter=14).refusal is Refusal.NO_COUNTER


def test_a_visitor_is_released_to_the_old_place(hall: HallWithDesks, boss: PairedDesk, desk: PairedDesk) -> None:
    hall.issue(2)
    first = act(desk, DeskVerb.CALL_NEXT).view
    assert first is not None
    assert first.visit is not None
    act(desk, DeskVerb.START)
    action = action_name()
    supervise(boss, SuperviseVerb.RELEASE, counter=9, action=action)
    assert hall.states() == ["waiting", "waiting"]
    again = act(desk, DeskVerb.CALL_NEXT).view
    assert again is not None
    assert again.visit is not None
    assert again.visit.label == first.visit.label
    assert supervise(boss, SuperviseVerb.RELEASE, counter=9, action=action).refusal is None
    assert sorted(hall.states()) == ["called", "waiting"], "the same request once more does nothing"
    supervise(boss, SuperviseVerb.RELEASE, counter=9)
    assert supervise(boss, SuperviseVerb.RELEASE, counter=9).refusal is Refusal.NOBODY_HERE


def test_queues_are_set(hall: HallWithDesks, boss: PairedDesk, desk: PairedDesk) -> None:
    assert supervise(boss, SuperviseVerb.SET_QUEUES, counter=9, queues=("A", "D")).refusal is None
    assert json.loads(hall.counter_row(9).queues) == ["A", "D"]
    hall.issue(1, queue="A")
    view = act(desk, DeskVerb.CALL_NEXT).view
    assert view is not None
    assert view.visit is not None, "the officer calls from the other queue, too"
    act(desk, DeskVerb.START)
    act(desk, DeskVerb.COMPLETE)
    set_counter(desk, 9, CounterState.PAUSED)
    supervise(boss, SuperviseVerb.SET_QUEUES, counter=9, queues=("D",))
    row = hall.counter_row(9)
    assert (row.state, json.loads(row.queues), row.officer) == ("paused", ["D"], "P-017")
    assert supervise(boss, SuperviseVerb.SET_QUEUES, counter=9, queues=()).refusal is Refusal.NO_SUCH_QUEUE
    assert supervise(boss, SuperviseVerb.SET_QUEUES, counter=9, queues=("QX",)).refusal is Refusal.NO_SUCH_QUEUE
    set_counter(desk, 9, CounterState.CLOSED)
    assert supervise(boss, SuperviseVerb.SET_QUEUES, counter=9, queues=("D",)).refusal is Refusal.COUNTER_CLOSED


def test_a_queue_does_not_lose_its_last_counter_unasked(
    hall: HallWithDesks, boss: PairedDesk, desk: PairedDesk
) -> None:
    supervise(boss, SuperviseVerb.SET_QUEUES, counter=9, queues=("A", "D"))
    hall.issue(3)
    answer = supervise(boss, SuperviseVerb.SET_QUEUES, counter=9, queues=("A",))
    assert (answer.refusal, answer.waiting) == (Refusal.PEOPLE_WAIT, 3)
    assert json.loads(hall.counter_row(9).queues) == ["A", "D"]
    keep = supervise(boss, SuperviseVerb.SET_QUEUES, counter=9, queues=("A",), leaving=Leaving.KEEP)
    assert keep.refusal is None
    assert json.loads(hall.counter_row(9).queues) == ["A"]
    assert hall.told("queue.closed") == []
    assert supervise(boss, SuperviseVerb.SET_QUEUES, counter=9, queues=("D",)).refusal is None, "nobody waits for A"
    other = hall.desk("P-018", 10)
    set_counter(other, 10)
    assert supervise(boss, SuperviseVerb.SET_QUEUES, counter=9, queues=("A",)).refusal is None, "10 serves D"
    answer = supervise(boss, SuperviseVerb.SET_QUEUES, counter=10, queues=("A",), leaving=Leaving.DISMISS)
    assert answer.refusal is None
    assert hall.states() == ["cancelled"] * 3
    assert [event.body["queue_code"] for event in hall.told("queue.closed")] == ["D"]
    assert desk.device_id


def test_nor_by_opening_its_counter_for_others(hall: HallWithDesks, boss: PairedDesk) -> None:
    set_counter(boss, 9)
    hall.issue(2)
    answer = set_counter(boss, 9, queues=("A",))
    assert (answer.refusal, answer.waiting) == (Refusal.PEOPLE_WAIT, 2)
    assert set_counter(boss, 9, queues=("A",), leaving=Leaving.KEEP).refusal is None
    assert json.loads(hall.counter_row(9).queues) == ["A"]


def test_an_account_is_unlocked_with_the_supervisors_name(hall: HallWithDesks, boss: PairedDesk) -> None:
    other = hall.desk("P-018")
    with hall.server.node.database.writing() as connection:
        locked = update(staff).where(staff.c.staff_id == "P-018").values(failures=15, is_locked=1)
        connection.execute(locked)
    assert hall_of(boss).locked_staff == ("P-018",)
    assert other.try_pin("P-018").refusal is Refusal.LOCKED
    answer = supervise(boss, SuperviseVerb.UNLOCK, staff="P-018")
    assert answer.hall is not None
    assert answer.hall.locked_staff == ()
    assert other.try_pin("P-018").signed_in is not None
    (unlocked,) = hall.told("staff.unlocked")
    assert unlocked.body == {"officer": "P-018", "by": "S-001"}
    assert supervise(boss, SuperviseVerb.UNLOCK, staff="P-999").refusal is Refusal.NOT_POSSIBLE


def test_a_ticket_is_voided_with_a_reason(hall: HallWithDesks, boss: PairedDesk, desk: PairedDesk) -> None:
    hall.issue(2)
    act(desk, DeskVerb.CALL_NEXT)
    assert supervise(boss, SuperviseVerb.VOID, label="D-001A").refusal is Refusal.NOT_POSSIBLE, "without a reason"
    void: dict[str, Any] = {"label": " d-001a", "reason": VoidReason.DUPLICATE, "action": action_name()}
    assert supervise(boss, SuperviseVerb.VOID, **void).refusal is None
    assert supervise(boss, SuperviseVerb.VOID, **void).refusal is None
    assert hall.states() == ["cancelled", "waiting"]
    (event,) = hall.told("stop.cancelled")
    assert (event.body["reason"], event.body["officer"]) == ("duplicate", "S-001")
    assert act(desk, DeskVerb.CALL_NEXT).refusal is None, "the counter is free again"
    assert supervise(boss, SuperviseVerb.VOID, label="D-001A", reason=VoidReason.LEFT).refusal is Refusal.NOT_POSSIBLE
    unknown = supervise(boss, SuperviseVerb.VOID, label="Z-999", reason=VoidReason.LEFT)
    assert unknown.refusal is Refusal.NO_SUCH_TICKET


def test_an_alarm_is_seen_and_answered(hall: HallWithDesks, boss: PairedDesk, desk: PairedDesk) -> None:
    assert act(desk, DeskVerb.ALARM).refusal is None
    seen = hall_of(boss)
    assert [counter.counter for counter in seen.counters if counter.has_alarm] == [9]
    assert seen.view is not None
    assert seen.view.alarms == (9,)
    answered = supervise(boss, SuperviseVerb.ANSWER_ALARM, counter=9).hall
    assert answered is not None
    assert not any(counter.has_alarm for counter in answered.counters)
    supervise(boss, SuperviseVerb.ANSWER_ALARM, counter=9)
    assert len(hall.told("alarm.answered")) == 1


def test_a_counter_whose_desk_fell_silent_shows(hall: HallWithDesks, boss: PairedDesk, desk: PairedDesk) -> None:
    hall.clock.advance(timedelta(seconds=SILENT_AFTER_S))
    assert not any(counter.silent_s for counter in hall_of(boss).counters)
    hall.clock.advance(timedelta(seconds=60))
    silent = {counter.counter: counter.silent_s for counter in hall_of(boss).counters if counter.silent_s}
    assert silent == {9: SILENT_AFTER_S + 60}
    hall.server.node.contacts.note("small-hall", desk.device_id)
    assert not any(counter.silent_s for counter in hall_of(boss).counters)
