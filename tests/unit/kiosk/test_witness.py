"""A file outside of the data folder, and what it can tell of it."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from kiosk import witness
from kiosk.witness import Witness
from tests.small_hall import MONDAY_10_00

DEVICE = "56475aa75463474c"
KNOWN = witness.Testimony(5, "5" * 16, 40)


@pytest.mark.parametrize(
    ("database", "is_restored"),
    [
        (KNOWN, False),
        (replace(KNOWN, sequence=41), False),
        (witness.Testimony(6, "6" * 16, 1), False),  # the witness was not told of the last start: the power failed
        (replace(KNOWN, sequence=39), True),
        (replace(KNOWN, incarnation="f" * 16), True),
        (witness.Testimony(4, "4" * 16, 90), True),
        (witness.Testimony(0, None, 0), True),
    ],
)
def test_witness_is_beyond_a_database_that_forgot(database: witness.Testimony, is_restored: bool) -> None:  # noqa: FBT001
    assert KNOWN.is_beyond(database) is is_restored


def test_losses_are_remembered_for_two_days() -> None:
    lost = KNOWN.with_loss(MONDAY_10_00)
    soon = lost.after_start("6" * 16, KNOWN, MONDAY_10_00 + timedelta(days=1))
    late = lost.after_start("6" * 16, KNOWN, MONDAY_10_00 + timedelta(days=2))
    assert (soon.boots, len(soon.losses), len(late.losses)) == (6, 1, 0)


def test_testimony_is_kept_for_this_user_alone(tmp_path: Path) -> None:
    folder = tmp_path / "not" / "yet"
    testimony = KNOWN.with_loss(MONDAY_10_00)
    Witness(folder).remember(DEVICE, testimony)
    (kept,) = folder.iterdir()
    assert kept.stat().st_mode & 0o777 == 0o600
    assert Witness(folder).recall(DEVICE) == testimony
    assert Witness(folder).recall("0" * 16) is None


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"boots":"5","incarnation":"x","sequence":1,"losses":[]}'])
def test_damaged_testimony_says_nothing(tmp_path: Path, content: str, expected_logs: Any) -> None:
    expected_logs("witness_failed")
    (tmp_path / f"witness-{DEVICE}.json").write_text(content)
    assert Witness(tmp_path).recall(DEVICE) is None


def test_folder_that_cannot_be_made_stops_nobody(tmp_path: Path, expected_logs: Any) -> None:
    expected_logs("witness_failed")
    (tmp_path / "file").touch()
    Witness(tmp_path / "file" / "folder").remember(DEVICE, KNOWN)
