"""A copied disk on other hardware is no longer the kiosk it was copied from."""

import json
from pathlib import Path
from typing import Any

import pytest

from kiosk.errors import IdentityError, StoreLockedError
from kiosk.identity import load_or_create_identity
from kiosk.lock import FolderLock
from kiosk.machine_binding import FILE_NAME, Facts, _linux_facts, bind_to_this_machine, is_same_machine, machine_facts

HERE: Facts = {"board": ["b1"], "network": ["n1", "n2"], "system": ["s1"]}
ELSEWHERE: Facts = {"board": ["b9"], "network": ["n9"], "system": ["s1"]}


@pytest.mark.parametrize(
    ("now", "is_same"),
    [
        (HERE, True),
        (ELSEWHERE, False),
        ({"network": ["n1", "n2"], "system": ["s1"]}, True),  # started by a user who may not read the board's number
        ({"network": ["n2", "n3"]}, True),  # one card was replaced
        ({"network": ["n9"], "system": ["s1"]}, False),  # a clone, started by such a user
        ({"board": ["b1"], "network": ["n1"], "system": ["s2"]}, True),  # installed anew, the folder was kept
        ({"board": ["b1"], "network": ["n9"], "system": ["s1"]}, True),  # its only card was replaced
        ({"board": ["b9"], "network": ["n1"], "system": ["s1"]}, False),  # disk and card moved to another board
        ({"system": ["s2"]}, False),
        ({}, True),  # nothing can be read: nothing can be said
    ],
)
def test_hardware_decides(now: Facts, is_same: bool) -> None:  # noqa: FBT001
    assert is_same_machine(HERE, now) is is_same


def test_first_start_binds_and_later_ones_change_nothing(tmp_path: Path) -> None:
    assert bind_to_this_machine(tmp_path, HERE) is None
    device = load_or_create_identity(tmp_path).device_id
    assert bind_to_this_machine(tmp_path, {"network": ["n2"], "system": ["s1"]}) is None
    assert bind_to_this_machine(tmp_path, HERE) is None
    assert load_or_create_identity(tmp_path).device_id == device
    assert (tmp_path / FILE_NAME).stat().st_mode & 0o777 == 0o600
    assert json.loads((tmp_path / FILE_NAME).read_text()) == HERE


def test_s4_clone_on_other_hardware_begins_as_nobody_and_loses_nothing(tmp_path: Path, expected_logs: Any) -> None:
    expected_logs("identity_set_aside")
    bind_to_this_machine(tmp_path, HERE)
    device = load_or_create_identity(tmp_path).device_id
    for name in ("enrolment.json", "kiosk.db", "kiosk.db-wal"):
        (tmp_path / name).write_text(name)
    (tmp_path / "logs").mkdir()
    aside = bind_to_this_machine(tmp_path, ELSEWHERE)
    assert aside is not None
    assert load_or_create_identity(tmp_path).device_id != device
    assert load_or_create_identity(aside).device_id == device
    assert {"enrolment.json", "kiosk.db", "kiosk.db-wal", FILE_NAME} <= {path.name for path in aside.iterdir()}
    assert {path.name for path in tmp_path.iterdir()} == {aside.name, "identity.pem", "kiosk.lock", "logs", FILE_NAME}
    assert bind_to_this_machine(tmp_path, ELSEWHERE) is None


def test_move_that_was_broken_off_is_finished(tmp_path: Path, expected_logs: Any) -> None:
    """The power failed after the key was moved, and before the database."""
    expected_logs("identity_set_aside")
    bind_to_this_machine(tmp_path, HERE)
    load_or_create_identity(tmp_path)
    (tmp_path / "kiosk.db").touch()
    aside = bind_to_this_machine(tmp_path, ELSEWHERE)
    assert aside is not None
    for name in ("kiosk.db", FILE_NAME):
        (aside / name).replace(tmp_path / name)
    assert bind_to_this_machine(tmp_path, ELSEWHERE) == aside
    assert (aside / "kiosk.db").exists()
    assert not (tmp_path / "kiosk.db").exists()


def test_same_disk_copied_twice_overwrites_nothing(tmp_path: Path, expected_logs: Any) -> None:
    expected_logs("identity_set_aside")
    for content in ("first", "second"):
        (tmp_path / FILE_NAME).write_text(json.dumps(HERE))
        (tmp_path / "kiosk.db").write_text(content)
        aside = bind_to_this_machine(tmp_path, ELSEWHERE)
    assert aside is not None
    assert [(aside / name).read_text() for name in ("kiosk.db", "kiosk.db.2")] == ["first", "second"]


def test_damaged_facts_are_learnt_anew(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_text('{"board": ')
    assert bind_to_this_machine(tmp_path, HERE) is None
    assert json.loads((tmp_path / FILE_NAME).read_text()) == HERE


def test_folder_of_a_running_kiosk_is_left_alone(tmp_path: Path) -> None:
    lock = FolderLock(tmp_path)
    with pytest.raises(StoreLockedError):
        bind_to_this_machine(tmp_path, HERE)
    lock.release()


def test_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(IdentityError, match="cannot be written"):
        bind_to_this_machine(tmp_path / "nowhere", HERE)


def test_facts_of_linux(tmp_path: Path) -> None:
    def write(name: str, content: str) -> None:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(content)

    write("etc/machine-id", "0123456789abcdef0123456789abcdef\n")
    write("sys/class/dmi/id/product_uuid", "4C4C4544-0042\n")
    for card, kind in (("eth0", "0"), ("wlan0", "3")):  # the second one's address is made up anew each time
        write(f"sys/class/net/{card}/address", f"00:11:22:33:44:{card}\n")
        write(f"sys/class/net/{card}/addr_assign_type", f"{kind}\n")
        (tmp_path / f"sys/class/net/{card}/device").mkdir()
    write("sys/class/net/lo/address", "00:00:00:00:00:00\n")
    assert _linux_facts(tmp_path) == {
        "board": ["4C4C4544-0042"],
        "network": ["00:11:22:33:44:eth0"],
        "system": ["0123456789abcdef0123456789abcdef"],
    }


@pytest.mark.parametrize(
    "number", ["03000200-0400-0500-0006-000700080009", "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF", f"{0:08}-0000-0000"]
)
def test_number_that_cheap_boards_share_tells_no_machine_from_another(tmp_path: Path, number: str) -> None:
    path = tmp_path / "sys/class/dmi/id/product_uuid"
    path.parent.mkdir(parents=True)
    path.write_text(number + "\n")
    assert not _linux_facts(tmp_path)["board"]


def test_facts_of_this_machine_are_hashes_and_stay_the_same() -> None:
    facts = machine_facts()
    assert facts == machine_facts()
    assert all(len(value) == 16 for values in facts.values() for value in values)
