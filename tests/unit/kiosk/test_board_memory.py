"""What a board has said already is on its disk; what cannot be read there is forgotten, and said so."""

import os
from collections.abc import Callable
from pathlib import Path
from time import monotonic

import pytest

from kiosk.board_memory import FILE, MOST_KEPT, SaidCalls
from tests.conftest import Logs
from tests.real_processes import wait_until


def until(holds: Callable[[], bool]) -> None:
    wait_until(holds, 20, lambda: "it did not come to pass")


def remembered(folder: Path) -> tuple[str, ...]:
    said = SaidCalls(folder)
    said.close()
    return said.names


def test_what_was_said_is_known_after_a_sudden_end(tmp_path: Path) -> None:
    """Not closed yet: its disk alone tells the next one."""
    first = SaidCalls(tmp_path / "board")
    first.add("a" * 16)
    first.add("b" * 16)
    until(lambda: remembered(tmp_path / "board") == ("a" * 16, "b" * 16))
    first.close()


def test_it_is_on_the_disk_and_not_only_in_its_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[int] = []
    fsync = os.fsync

    def sync(descriptor: int) -> None:
        synced.append(descriptor)
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", sync)
    said = SaidCalls(tmp_path)
    said.add("a" * 16)
    said.close()
    assert len(synced) >= 2  # the file, and the folder that names it


def test_it_stays_small(tmp_path: Path) -> None:
    said = SaidCalls(tmp_path)
    for number in range(3 * MOST_KEPT):
        said.add(f"{number:016x}")
    said.close()
    names = remembered(tmp_path)
    assert names == tuple(f"{number:016x}" for number in range(2 * MOST_KEPT, 3 * MOST_KEPT))
    assert (tmp_path / FILE).stat().st_size < 20 * MOST_KEPT + 10


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff\xfe", b'["a', b"{}", b"[1]", b"[" * 60_000, b'["' + b"a" * 70_000 + b'"]', b'["' + b"a" * 65 + b'"]'],
)
def test_a_broken_file_is_forgotten_and_that_is_said(tmp_path: Path, content: bytes, expected_logs: Logs) -> None:
    expected_logs("said_calls_lost")
    (tmp_path / FILE).write_bytes(content)
    said = SaidCalls(tmp_path)
    assert said.names == ()
    said.add("c" * 16)
    said.close()
    assert remembered(tmp_path) == ("c" * 16,)


def test_a_disk_that_takes_nothing_is_told_once_and_hinders_nothing(tmp_path: Path, expected_logs: Logs) -> None:
    expected_logs("said_calls_lost")
    (tmp_path / "board").write_bytes(b"no folder")
    said = SaidCalls(tmp_path / "board" / "deeper")
    for name in ("a", "b", "c"):
        said.add(name * 16)
    said.close()
    assert len(said.names) == 3


def test_a_disk_that_hangs_holds_up_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    is_stuck: list[bool] = []
    is_free: list[bool] = []
    monkeypatch.setattr("kiosk.board_memory._ENDS_WITHIN_S", 0.2)

    def hang(*_: object) -> None:
        is_stuck.append(True)
        until(lambda: bool(is_free))

    monkeypatch.setattr("kiosk.board_memory.write_private", hang)
    said = SaidCalls(tmp_path)
    said.add("a" * 16)
    until(lambda: bool(is_stuck))
    begun = monotonic()
    said.add("b" * 16)
    said.close()
    took_s = monotonic() - begun
    is_free.append(True)
    assert took_s < 10
