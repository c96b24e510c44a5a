"""The small parts of a counter's machine: its clock, its verifier, its memory, what it listens to, which day it is."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from kiosk.clock import FakeClock
from kiosk.desk.interest import concerns
from kiosk.desk.live import Heard
from kiosk.desk.memory import FILE_NAME, Memory, recall, remember
from kiosk.desk.paper import Known
from kiosk.desk.told_clock import ToldClock
from kiosk.desk.verifier import Verifier
from kiosk.sync.desk_wire import CounterState, CounterView, DeskView, Refusal, Role
from tests.conftest import Logs
from tests.small_hall import MONDAY_10_00, small_catalogue, small_site

LATER = MONDAY_10_00 + timedelta(minutes=10)


def test_a_desks_clock_is_never_behind_what_the_server_told() -> None:
    clock = FakeClock(MONDAY_10_00)
    told = ToldClock(clock)
    told.hear(LATER)
    clock.advance(timedelta(seconds=30))
    assert told.now() == LATER + timedelta(seconds=30, milliseconds=1), "after it, not at the same moment"
    told.hear(MONDAY_10_00)  # now this computer is ahead: nothing is turned back by it
    assert told.now() == clock.now()
    assert told.monotonic() == clock.monotonic()


def test_the_pin_that_was_right_opens_again_and_guessing_is_slow() -> None:
    clock = FakeClock(MONDAY_10_00)
    verifier = Verifier("P-01", "482915", clock.monotonic)
    assert verifier.check("482915").refusal is None
    assert [verifier.check("111111").refusal for _ in range(5)] == [Refusal.WRONG_PIN] * 4 + [Refusal.WAIT]
    assert verifier.check("482915").refusal is Refusal.WAIT
    clock.advance(timedelta(seconds=16))
    assert verifier.check("482915").refusal is None


def test_a_verifier_wears_out() -> None:
    clock = FakeClock(MONDAY_10_00)
    verifier = Verifier("P-01", "482915", clock.monotonic)
    for _ in range(15):
        verifier.check("111111")
        clock.advance(timedelta(days=2))
    assert verifier.is_worn_out
    assert verifier.check("482915").refusal is Refusal.SIGNED_OUT


def test_memory_is_kept_and_a_damaged_one_stops_nothing(tmp_path: Path, expected_logs: Logs) -> None:
    expected_logs("desk_memory_lost")
    assert recall(tmp_path) == Memory()
    memory = Memory(day=date(2026, 11, 22), counter=4, queues=("D",))
    remember(tmp_path, memory)
    assert recall(tmp_path) == memory
    (tmp_path / FILE_NAME).write_bytes(b"{")
    assert recall(tmp_path) == Memory()


@pytest.mark.parametrize(
    ("told", "by_clock", "of_ticket", "is_today"),
    [
        (22, 22, 22, True),
        (22, 22, 21, False),
        (22, 21, 22, True),  # this computer's clock is behind: the server has said so
        (22, 21, 21, False),
        (22, None, 22, True),
        (22, 23, 23, True),  # cut off over night: the clock and the kiosk's signature agree
        (22, 23, 22, False),
        (22, 23, 24, False),
        (None, 22, 22, True),
        (None, None, 22, False),
    ],
)
def test_the_day_is_the_servers(told: int | None, by_clock: int | None, of_ticket: int, *, is_today: bool) -> None:
    def day(number: int | None) -> date | None:
        return None if number is None else date(2026, 11, number)

    known = Known(small_site(), small_catalogue(), None, day(told), day(by_clock))
    assert known.is_today(date(2026, 11, of_ticket)) is is_today


def view(role: Role = Role.OFFICER) -> DeskView:
    counter = CounterView(counter=4, state=CounterState.OPEN, queues=("D",))
    return DeskView(
        server_time=datetime(2026, 11, 22, tzinfo=UTC), service_day=None, staff="P-01", role=role, counter=counter
    )


@pytest.mark.parametrize(
    ("heard", "is_looked_at"),
    [
        (Heard("reset", {}), True),
        (Heard("hall", {}), True),
        (Heard("device", {"device": "00"}), False),
        (Heard("ticket", {"stops": [{"queue_code": "D"}]}), True),
        (Heard("ticket", {"stops": [{"queue_code": "B"}]}), False),
        (Heard("ticket", {"stops": "?"}), False),
        (Heard("queue", {"queue_code": "D"}), True),
        (Heard("queue", {"queue_code": "B"}), False),
        (Heard("call", {"queue": "D"}), True),
        (Heard("counter", {"counter": 4}), True),
        (Heard("counter", {"counter": 5}), False),
        (Heard("something.new", {}), True),
    ],
)
def test_only_what_concerns_a_counter_makes_it_look(heard: Heard, *, is_looked_at: bool) -> None:
    assert concerns(heard, view(), whole_hall=False) is is_looked_at


def test_a_supervisor_who_watches_the_hall_looks_at_everything_and_an_empty_desk_at_nothing() -> None:
    elsewhere = Heard("queue", {"queue_code": "B"})
    assert concerns(elsewhere, view(Role.SUPERVISOR), whole_hall=True)
    assert not concerns(elsewhere, None, whole_hall=False)
