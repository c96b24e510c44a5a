"""What a bad stick, and the disk of a dead kiosk, may do to `giliran export`: a sentence, and nothing half."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from kiosk.clock import FakeClock
from kiosk.export import ExportError, export
from kiosk.export_file import check_body, read_header
from tests.small_hall import MONDAY_10_00, request, running_kiosk

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="mounts a file system")

VISITORS = 60


@contextmanager
def mounted(folder: Path, size_kb: int) -> Iterator[Path]:
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size_kb}k", "tmpfs", str(folder)], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


@pytest.fixture
def kiosk(tmp_path: Path) -> Path:
    """The data folder of a kiosk as a power cut leaves it: part of the log is in the -wal file only."""
    folder = tmp_path / "kiosk"
    (tmp_path / "running").mkdir()
    with running_kiosk(tmp_path / "running") as machine:
        for visitor in range(VISITORS):
            machine.issuing.issue(request(str(visitor)))
        shutil.copytree(tmp_path / "running", folder, ignore=shutil.ignore_patterns("*-shm"))
    assert (folder / "kiosk.db-wal").stat().st_size > 0
    return folder


def test_a_stick_without_room_is_said_before_anything_is_written(kiosk: Path, tmp_path: Path) -> None:
    with mounted(tmp_path / "stick", 64) as stick:
        with pytest.raises(ExportError, match="take another stick"):
            export(kiosk, stick, FakeClock(MONDAY_10_00))
        assert list(stick.iterdir()) == []


def test_a_stick_that_fills_on_the_way_holds_nothing_half(
    kiosk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kiosk.export._check_room", lambda *_: None)  # somebody else filled it meanwhile
    with mounted(tmp_path / "stick", 4) as stick:
        with pytest.raises(ExportError, match="No space left on device"):
            export(kiosk, stick, FakeClock(MONDAY_10_00))
        assert list(stick.iterdir()) == []


def test_a_stick_that_cannot_be_written_is_said(kiosk: Path, tmp_path: Path) -> None:
    with mounted(tmp_path / "stick", 1024) as stick:
        subprocess.run(["mount", "-o", "remount,ro", str(stick)], check=True)
        with pytest.raises(ExportError, match=r"Read-only file system\. Take a folder that this user may write to"):
            export(kiosk, stick, FakeClock(MONDAY_10_00))


def test_the_disk_of_a_dead_kiosk_may_be_one_that_can_only_be_read(kiosk: Path, tmp_path: Path) -> None:
    """Nothing is written to it, and what only its -wal file holds is exported too."""
    with mounted(tmp_path / "disk", 8192) as disk:
        shutil.copytree(kiosk, disk, dirs_exist_ok=True)
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        before = {path.name: path.read_bytes() for path in disk.iterdir()}
        done = export(disk, tmp_path, FakeClock(MONDAY_10_00))
        assert {path.name: path.read_bytes() for path in disk.iterdir()} == before
    assert done.path is not None
    assert done.path.parent == tmp_path
    check_body(done.path)
    assert read_header(done.path).events == VISITORS + 2
