"""What a kiosk remembers for its server: the shared numbers it was given, and the highest epoch it has seen."""

from datetime import date, timedelta
from functools import partial
from pathlib import Path

from kiosk.config import KioskConfig, SyncConfig
from kiosk.domain.numbering import ReservedNumber
from kiosk.domain.ticket import TicketId
from kiosk.store.server_epochs import remember_server_epoch, server_epoch
from kiosk.store.tickets import shared_numbers
from tests.small_hall import MONDAY_10_00, request, running_kiosk

PAIRED = KioskConfig(letter="K", sync=SyncConfig(server="http://127.0.0.1:1"))


class Counting:
    """Gives 10, 20, 30 ... to every other ticket."""

    def __init__(self) -> None:
        self._asked = 0

    def reserve(
        self, ticket_id: TicketId, queue_code: str, service_day: date | None, given: int
    ) -> ReservedNumber | None:
        self._asked += 1
        if self._asked % 2 == 0 or service_day is None:
            return None
        return ReservedNumber(queue_code, 10 * self._asked, service_day)


def test_the_highest_shared_number_of_each_queue_on_the_newest_days_is_told(tmp_path: Path) -> None:
    with running_kiosk(tmp_path, config=PAIRED, numbers=Counting()) as machine:
        assert machine.store.call(shared_numbers) == ()
        for day in range(4):
            for service in ("dukcapil.ktp", "dukcapil.ktp", "dukcapil.kk", "dukcapil.ktp", "pajak.npwp"):
                machine.issuing.issue(request(f"{day} {service} {machine.clock.monotonic()}", service))
                machine.clock.advance(timedelta(seconds=1))
            machine.issuing.issue(request(f"{day} last", "dukcapil.ktp"))
            machine.clock.advance(timedelta(days=1))
        told = machine.store.call(shared_numbers)
    monday = MONDAY_10_00.date()
    assert told == tuple(
        (monday + timedelta(days=day), code, 10 * (6 * day + asked))
        for day in (1, 2, 3)
        for code, asked in (("D", 3), ("N", 5))
    )


def test_the_highest_epoch_is_kept_over_a_restart_and_never_lowered(tmp_path: Path) -> None:
    with running_kiosk(tmp_path) as machine:
        assert machine.store.call(server_epoch) is None
        for epoch in (3, 5, 4):
            machine.store.call(partial(remember_server_epoch, epoch=epoch))
    with running_kiosk(tmp_path) as machine:
        assert machine.store.call(server_epoch) == 5
