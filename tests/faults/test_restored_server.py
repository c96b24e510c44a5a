"""S1: a site server whose database is replaced by an older copy of it, in the middle of the day."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from kiosk.clock import FakeClock
from kiosk.domain.ticket import SHARED_SERIES, Ticket
from server.recovery import JUMP, LISTENS_S
from server.schema import tickets
from tests.conftest import Logs
from tests.kiosk_at_site import KioskAtSite, admit, kiosk_at_site
from tests.paired_kiosk import SITE, site_server
from tests.small_hall import MONDAY_10_00


def giliran(*words: str | Path) -> str:
    """What the command says, in a process of its own."""
    command = [sys.executable, "giliran.py", *map(str, words)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


class Hall:
    """A site server that can be put back to an older state of itself, and two kiosks that issue in turn."""

    def __init__(self, folder: Path, opened: ExitStack) -> None:
        self.clock = FakeClock(MONDAY_10_00)
        self._opened = opened
        self._server_dir = folder / "server"
        self._copy = folder / "backup"
        for number, letter in ((1, "A"), (2, "B")):
            admit(folder / letter, self._server_dir, number, letter)
        self.server = self._opened.enter_context(site_server(self._server_dir, clock=self.clock))
        self._address = self.server.url.removeprefix("http://")
        self.kiosks: list[KioskAtSite] = [
            opened.enter_context(kiosk_at_site(folder / letter, self.server.url, self.clock, letter))
            for letter in ("A", "B")
        ]

    def issue(self, count: int, kiosks: list[KioskAtSite] | None = None) -> list[Ticket]:
        return [kiosk.issue() for _ in range(count) for kiosk in kiosks or self.kiosks]

    def wait_until_synced(self, kiosks: list[KioskAtSite] | None = None) -> None:
        for kiosk in kiosks or self.kiosks:
            kiosk.wait_until_shared()
            kiosk.wait_until_synced()

    def wait_until_heard(self, kiosks: list[KioskAtSite]) -> None:
        """Each has said hello to the server that is there now."""
        recovery = self.server.node.recoveries._open[SITE]
        for kiosk in kiosks:
            kiosk.wait_until(lambda who=kiosk.machine.identity.device_id: who in recovery.heard)  # type: ignore[misc]

    def copy(self) -> None:
        """While the server runs, by the command."""
        giliran("server", "backup", self._copy, "--data", self._server_dir)

    def stop(self) -> None:
        self.server.stop()
        for kiosk in self.kiosks:
            kiosk.wait_until_alone()

    def restore(self) -> None:
        assert self.server._thread is not None
        self.server._thread.join()
        said = giliran("server", "restore", self._copy, "--data", self._server_dir)
        assert "This is epoch 2 now." in said
        self.server = self._opened.enter_context(site_server(self._server_dir, self._address, clock=self.clock))

    def held(self) -> set[str]:
        with self.server.node.database.reading() as connection:
            return set(connection.execute(select(tickets.c.ticket_id).where(tickets.c.site_id == SITE)).scalars())


@pytest.fixture
def hall(tmp_path: Path, expected_logs: Logs) -> Iterator[Hall]:
    expected_logs("server_restored", "server_lost")
    with ExitStack() as opened:
        yield Hall(tmp_path, opened)


def test_s1_nothing_is_lost_and_no_number_comes_twice(hall: Hall) -> None:
    """What came after the copy is sent again; numbers go on right above the highest that any kiosk holds."""
    hall.wait_until_synced()
    issued = hall.issue(3)
    hall.wait_until_synced()
    hall.copy()
    issued += hall.issue(4)
    hall.wait_until_synced()
    assert [ticket.series for ticket in issued] == [SHARED_SERIES] * 14
    hall.stop()
    own = hall.issue(2)
    assert SHARED_SERIES not in {ticket.series for ticket in own}
    hall.restore()
    hall.wait_until_heard(hall.kiosks)
    hall.clock.advance(timedelta(seconds=LISTENS_S))
    hall.wait_until_synced()
    after = hall.issue(2)
    hall.wait_until_synced()
    assert {ticket.id for ticket in issued + own + after} == hall.held()
    assert [ticket.number for ticket in issued + after] == list(range(1, 19))
    assert [ticket.series for ticket in after] == [SHARED_SERIES] * 4


def test_s1_numbers_jump_over_what_a_silent_kiosk_may_hold(hall: Hall, expected_logs: Logs) -> None:
    """It was the last to get a number, and is away; when it comes back, its tickets find their labels free."""
    expected_logs("recovery_ended")
    hall.wait_until_synced()
    issued = hall.issue(1)
    hall.wait_until_synced()
    hall.copy()
    issued += hall.issue(4)
    hall.wait_until_synced()
    hall.stop()
    present, silent = hall.kiosks
    silent.engine.stop()
    hall.restore()
    hall.wait_until_heard([present])
    assert hall.server.node.recoveries.is_open(SITE)
    hall.clock.advance(timedelta(minutes=1, seconds=1))
    hall.wait_until_synced([present])
    after = hall.issue(2, [present])
    hall.wait_until_synced([present])
    highest_heard = max(ticket.number for ticket in issued[::2])
    assert [ticket.number for ticket in after] == [highest_heard + JUMP + 1, highest_heard + JUMP + 2]
    labels = [(ticket.series, ticket.queue_code, ticket.number) for ticket in issued + after]
    assert len(set(labels)) == len(labels)
