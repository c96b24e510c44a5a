"""What was promised against what came of it, as the supervisor sees it: one rule (docs/waits.md)."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import update

from kiosk.domain.ticket import Ticket
from kiosk.sync.desk_wire import DeskVerb
from server.schema import stops
from tests.served_hall import D, Desk, ServedHall, served_hall

pytestmark = pytest.mark.usefixtures("on_both_databases")

CALL_NEXT, RECALL, START, COMPLETE = DeskVerb.CALL_NEXT, DeskVerb.RECALL, DeskVerb.START, DeskVerb.COMPLETE
MINUTE = 60


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[ServedHall]:
    with served_hall(tmp_path) as hall:
        yield hall


def promised(hall: ServedHall, low_s: int, high_s: int) -> Ticket:
    ticket = hall.issue(D)
    told = {"promised_low_s": low_s, "promised_high_s": high_s}
    with hall.server.node.database.writing() as connection:
        connection.execute(update(stops).where(stops.c.ticket_id == str(ticket.id)).values(told))
    return ticket


def judged(desk: Desk) -> tuple[int, int]:
    """Kept, of so many."""
    (queue,) = (queue for queue in desk.view().queues if queue.queue == "D")
    return queue.promises_kept, queue.promises


def test_a_recall_makes_no_wait_longer(hall: ServedHall) -> None:
    promised(hall, 5 * MINUTE, 10 * MINUTE)
    desk = hall.desk(9)
    hall.pass_time(minutes=9)
    desk.do(CALL_NEXT)
    hall.pass_time(minutes=2)
    visit = desk.do(RECALL).visit
    assert visit is not None
    assert visit.stops[0].waited_s == 9 * MINUTE
    assert judged(desk) == (1, 1)


def test_who_is_called_early_was_promised_well(hall: ServedHall) -> None:
    promised(hall, 5 * MINUTE, 10 * MINUTE)
    desk = hall.desk(9)
    desk.do(CALL_NEXT)
    assert judged(desk) == (1, 1)


def test_who_still_waits_beyond_the_promise_is_not_forgotten(hall: ServedHall) -> None:
    promised(hall, 5 * MINUTE, 10 * MINUTE)
    hall.issue(D)
    desk = hall.desk(9)
    hall.pass_time(minutes=10)
    assert judged(desk) == (0, 0), "still within the range"
    hall.pass_time(minutes=1)
    assert judged(desk) == (0, 1)
    desk.do(CALL_NEXT)
    assert judged(desk) == (0, 1)
