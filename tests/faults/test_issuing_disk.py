"""What a bad disk, a bad folder and a second kiosk may do to issuing: refuse, in a sentence, and lose nothing."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from kiosk.clock import FakeClock
from kiosk.errors import (
    IdentityError,
    StoreCorruptError,
    StoreFullError,
    StoreLockedError,
    StoreReadOnlyError,
)
from kiosk.identity import new_identity
from kiosk.store.verify import Verified, verify
from kiosk.store.writer import Store
from tests.small_hall import MONDAY_10_00, request, running_kiosk
from tests.spooling import PATIENCE_S

root_only: Final = pytest.mark.skipif(os.geteuid() != 0, reason="mounts a file system")

HOLDER: Final = """
import sys
from pathlib import Path
from kiosk.logs import configure_logging
from tests.small_hall import request, running_kiosk

configure_logging(None)
with running_kiosk(Path(sys.argv[1])) as machine:
    print(machine.issuing.issue(request("first kiosk")).ticket.label, flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 3 MB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(disk)], check=True)
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


@root_only
def test_a_full_disk_refuses_the_visitor_and_keeps_every_ticket(small_disk: Path) -> None:
    with running_kiosk(small_disk) as machine:
        promised = [machine.issuing.issue(request("before")).ticket.label]
        ballast = small_disk / "ballast"
        free = os.statvfs(small_disk).f_bavail * os.statvfs(small_disk).f_frsize
        ballast.write_bytes(b"\0" * (free - 64 * 1024))
        is_full = False
        while not is_full:
            try:
                promised.append(machine.issuing.issue(request(str(len(promised)))).ticket.label)
            except StoreFullError as error:
                is_full = "free some space" in str(error)
        with pytest.raises(StoreFullError):
            machine.issuing.issue(request("still full"))
        ballast.unlink()
        promised.append(machine.issuing.issue(request("after")).ticket.label)
    assert promised == [f"D-{number:03d}" for number in range(1, len(promised) + 1)]
    verdict = verify(small_disk / "kiosk.db")
    assert isinstance(verdict, Verified)
    assert verdict.tickets == len(promised)


@root_only
def test_a_disk_mounted_read_only_is_said_so_and_loses_nothing(small_disk: Path) -> None:
    with running_kiosk(small_disk) as machine:
        machine.issuing.issue(request("before"))
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    with pytest.raises(IdentityError, match="check the permissions"), running_kiosk(small_disk):
        pass
    with pytest.raises(StoreReadOnlyError, match="data folder"):
        Store.open(small_disk, FakeClock(MONDAY_10_00), new_identity())
    assert verify(small_disk / "kiosk.db") == Verified(incarnations=1, events=3, tickets=1)
    subprocess.run(["mount", "-o", "remount,rw", str(small_disk)], check=True)
    with running_kiosk(small_disk) as machine:
        assert machine.issuing.issue(request("after")).ticket.label == "D-002"


def test_a_database_that_turns_read_only_refuses_the_visitor_and_recovers(tmp_path: Path) -> None:
    with running_kiosk(tmp_path) as machine:
        machine.issuing.issue(request("before"))
        machine.store.call(lambda db: db.conn.execute("PRAGMA query_only = ON"))
        with pytest.raises(StoreReadOnlyError, match="check the folder's permissions"):
            machine.issuing.issue(request("refused"))
        machine.store.call(lambda db: db.conn.execute("PRAGMA query_only = OFF"))
        assert machine.issuing.issue(request("after")).ticket.label == "D-002"


def test_a_damaged_database_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    with running_kiosk(tmp_path) as machine:
        for visitor in range(20):
            machine.issuing.issue(request(str(visitor)))
    path = tmp_path / "kiosk.db"
    content = bytearray(path.read_bytes())
    for page in range(2, len(content) // 4096, 3):
        content[page * 4096 : page * 4096 + 32] = os.urandom(32)
    path.write_bytes(content)
    for _ in range(2):
        with (
            pytest.raises(
                StoreCorruptError,
                match=r"First save .* giliran export --data FOLDER --all --out STICK.* set it aside with its -wal",
            ),
            running_kiosk(tmp_path),
        ):
            pass
    assert path.read_bytes() == content


def test_two_kiosks_on_one_folder(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as first:
        assert first.stdout is not None
        assert first.stdout.readline() == "D-001\n"
        with pytest.raises(StoreLockedError, match="already running"), running_kiosk(tmp_path):
            pass
        first.kill()
        first.wait(PATIENCE_S)
    with running_kiosk(tmp_path) as machine:
        assert machine.issuing.issue(request("second kiosk")).ticket.label == "D-002"
    assert verify(tmp_path / "kiosk.db") == Verified(incarnations=2, events=5, tickets=2)
