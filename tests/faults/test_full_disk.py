"""D1: the disk runs full, under a kiosk and under a server. What was promised stays, and the alarm finds room."""

import json
import logging
import os
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

import pytest
import structlog
from sqlalchemy.exc import OperationalError

from kiosk.ballast import FILE_NAME as BALLAST
from kiosk.disk_guard import DiskGuard, Limits, Room
from kiosk.errors import StoreFullError
from kiosk.logs import configure_logging, log_errors_only
from kiosk.store.verify import Verified, verify
from server.disk_guard import server_guard
from server.node import open_node
from server.settings import Role, ServerSettings
from server.verification import verify_database
from tests.conftest import Logs
from tests.small_hall import Machine, request, running_kiosk
from tests.written_log import WrittenLog, take

MB: Final = 1024 * 1024
BALLAST_BYTES: Final = MB // 2

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="mounts a file system")


class Disk:
    """A file system of 8 MB, and something on it that takes the room."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._hog = folder / "hog"

    @property
    def free(self) -> int:
        return os.statvfs(self.folder).f_bavail * os.statvfs(self.folder).f_frsize

    def fill(self, leaving: int = 0) -> None:
        with self._hog.open("ab") as file, suppress(OSError):
            while self.free > leaving:
                file.write(bytes(min(4096, self.free - leaving)))
                file.flush()

    def make_room(self) -> None:
        self._hog.unlink()


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    folder = tmp_path / "disk"
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(folder)], check=True)
    yield Disk(folder)
    log_errors_only(is_wanted=False)
    configure_logging(None)  # lets go of a log file on the disk
    subprocess.run(["umount", str(folder)], check=True)


def watched(machine: Machine, disk: Disk) -> DiskGuard:
    guard = DiskGuard(disk.folder, BALLAST_BYTES)
    machine.store.watch_disk(guard)
    machine.store.call(lambda _: None)
    return guard


def issue_until_refused(machine: Machine, promised: list[str]) -> None:
    while True:
        try:
            promised.append(machine.issuing.issue(request(str(len(promised)))).ticket.label)
        except StoreFullError:
            return


def test_d1_a_kiosk_whose_disk_is_full_goes_on_with_its_ballast(disk: Disk, expected_logs: Logs) -> None:
    expected_logs("ballast_given", "disk_nearly_full")
    promised: list[str] = []
    with running_kiosk(disk.folder) as machine:
        guard = watched(machine, disk)
        ballast = disk.folder / BALLAST
        assert ballast.stat().st_blocks * 512 >= BALLAST_BYTES
        disk.fill()
        while ballast.exists():
            promised.append(machine.issuing.issue(request(str(len(promised)))).ticket.label)
        assert expected_logs.seen == ["ballast_given", "disk_nearly_full"]
        assert guard.room is Room.NEARLY_FULL
        after = len(promised)
        promised += [machine.issuing.issue(request(f"after {visitor}")).ticket.label for visitor in range(20)]
        issue_until_refused(machine, promised)
        disk.make_room()
        promised.append(machine.issuing.issue(request("room again")).ticket.label)
        assert guard.look() is Room.PLENTY
        assert ballast.exists()
    assert len(promised) > after + 20
    assert promised == [f"D-{number:03d}" for number in range(1, len(promised) + 1)]
    verdict = verify(disk.folder / "kiosk.db")
    assert isinstance(verdict, Verified)
    assert verdict.tickets == len(promised)


def test_d1_without_ballast_the_visitor_is_refused_and_nothing_is_half(disk: Disk, expected_logs: Logs) -> None:
    expected_logs("disk_nearly_full")
    promised: list[str] = []
    with running_kiosk(disk.folder) as machine:
        guard = DiskGuard(disk.folder, 0)
        machine.store.watch_disk(guard)
        disk.fill()
        issue_until_refused(machine, promised)
        assert not guard.relieve()
    verdict = verify(disk.folder / "kiosk.db")
    assert isinstance(verdict, Verified)
    assert verdict.tickets == len(promised)


def test_d1_a_server_whose_disk_is_full_refuses_and_takes_the_batch_again(disk: Disk, expected_logs: Logs) -> None:
    """Each refused batch comes again, as a kiosk brings it; none is half there."""
    expected_logs("ballast_given", "disk_nearly_full")
    settings = ServerSettings(Role.SITE, disk.folder)
    node = open_node(settings)
    guard = server_guard(node, disk.folder, BALLAST_BYTES)
    guard.look()
    ballast = disk.folder / BALLAST
    assert ballast.exists()
    log = WrittenLog()
    events = log.events[log.incarnation]
    disk.fill(leaving=64 * 1024)
    refused = held = 0
    while ballast.exists():
        log.issue(len(events))
        try:
            with node.database.writing() as connection:
                held = take(connection, log.origin, events[held:]).sequence
        except OperationalError:
            refused += 1
            assert not ballast.exists()
    assert refused == 1
    for _ in range(10):
        log.issue(len(events))
        with node.database.writing() as connection:
            held = take(connection, log.origin, events[held:]).sequence
    assert held == len(events)
    assert isinstance(verify_database(node.database), Verified)
    disk.make_room()
    guard.look()
    assert ballast.exists()
    node.close()


def test_d1_a_nearly_full_disk_logs_errors_only_and_says_when_there_is_room(disk: Disk) -> None:
    configure_logging(disk.folder)
    logging.getLogger("kiosk").setLevel(logging.INFO)
    log = structlog.get_logger("kiosk.test")
    guard = DiskGuard(disk.folder, BALLAST_BYTES)
    total = os.statvfs(disk.folder).f_blocks * os.statvfs(disk.folder).f_frsize
    limits = Limits.of(total)
    assert guard.look() is Room.PLENTY
    disk.fill(leaving=limits.low - 8192)
    assert guard.look() is Room.LOW
    log.info("store_opened")
    disk.fill(leaving=limits.nearly_full - 8192)
    assert guard.look() is Room.NEARLY_FULL
    assert guard.look() is Room.NEARLY_FULL
    log.info("store_opened")
    log.warning("printer_rested")
    log.error("printer_lost")
    disk.make_room()
    assert guard.look() is Room.PLENTY
    lines = [json.loads(line)["event"] for line in (disk.folder / "giliran.log").read_text().splitlines()]
    assert lines == ["disk_low", "store_opened", "disk_nearly_full", "printer_lost", "disk_has_room"]


def test_d1_a_log_on_a_full_disk_stops_nobody(disk: Disk) -> None:
    configure_logging(disk.folder)
    disk.fill()
    for line in range(100):
        structlog.get_logger("kiosk.test").error("printer_lost", line=line, fill="x" * 1000)
    disk.make_room()


def test_d1_ballast_that_a_crash_cut_short_is_taken_anew_and_none_is_taken_from_a_disk_in_need(
    disk: Disk, expected_logs: Logs
) -> None:
    expected_logs("ballast_given", "disk_nearly_full")
    guard = DiskGuard(disk.folder, BALLAST_BYTES)
    (disk.folder / BALLAST).write_bytes(b"short")
    guard.look()
    assert (disk.folder / BALLAST).stat().st_size == BALLAST_BYTES
    assert guard.relieve() is True
    disk.fill(leaving=BALLAST_BYTES)
    guard.look()
    assert not (disk.folder / BALLAST).exists()
    assert expected_logs.seen.count("disk_nearly_full") == 1
