"""A kiosk's identity belongs to one machine: on a cloned disk it must not go on writing as the one it was copied from.

What a clone finds in its data folder is set aside, never deleted: events that no server holds yet may be among it.
"""

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import structlog

from kiosk.errors import IdentityError
from kiosk.lock import FolderLock
from kiosk.private_file import write_private

log = structlog.get_logger(__name__)

FILE_NAME: Final = "machine.json"
_OF_THE_IDENTITY: Final = ("identity.pem", "enrolment.json", "kiosk.db", "kiosk.db-wal", "kiosk.db-shm", FILE_NAME)
"""What moves together; the file with the facts comes last, so that a move that broke off is finished next time."""

Facts = Mapping[str, Sequence[str]]
"""Fact -> hashes of its values. `board` and `network` are the hardware's; `system` is the installation's."""

_DECIDING: Final = ("board", "network", "system")
_OF_MANY_BOARDS: Final = frozenset(
    {
        "03000200040005000006000700080009",
        "00020003000400050006000700080009",
        "123456781234567890abcddeeffaabbcc",
    }
)
"""What makers of cheap boards write where a number of its own belongs; so do all zeros and all ones."""


def bind_to_this_machine(directory: Path, facts: Facts | None = None) -> Path | None:
    """Call it before the identity is read. Where the folder came from another machine, the folder to which everything
    that made it that machine's was moved; else None. `facts`: for tests.

    Raises IdentityError where the folder cannot be written, StoreLockedError where another kiosk is at work in it.
    """
    now = machine_facts() if facts is None else facts
    path = directory / FILE_NAME
    try:
        lock = FolderLock(directory)
        try:
            then = _read(path)
            aside = None if is_same_machine(then, now) else _set_aside(directory, then)
            known = now if aside is not None else {**then, **{fact: values for fact, values in now.items() if values}}
            if aside is not None or known != then:
                write_private(path, json.dumps(known, sort_keys=True).encode())
        finally:
            lock.release()
    except OSError as error:
        raise IdentityError(
            f"Whose machine this is cannot be kept: {path} cannot be written: {error.strerror}."
        ) from error
    if aside is not None:
        log.error("identity_set_aside", folder=str(aside))
    return aside


def is_same_machine(then: Facts, now: Facts) -> bool:
    """The first fact of `_DECIDING` that was seen both times decides alone: a board is the machine, network cards are
    replaced, and an installation's id is cloned along with its disk.
    """
    fact = next((fact for fact in _DECIDING if then.get(fact) and now.get(fact)), None)
    return fact is None or not set(then[fact]).isdisjoint(now[fact])


def machine_facts() -> Facts:
    """Of the machine that this runs on; a fact that cannot be read is left out. Only hashes leave this function."""
    raw = _windows_facts() if os.name == "nt" else _linux_facts(Path("/"))
    return {fact: sorted(_hash(fact, value) for value in values) for fact, values in raw.items() if values}


def _linux_facts(root: Path) -> Mapping[str, Sequence[str]]:
    return {
        "board": [  # for root's eyes only, so often unknown
            number for number in _lines(root / "sys/class/dmi/id/product_uuid") if _is_of_one_board(number)
        ],
        "network": [
            address
            for card in sorted(root.glob("sys/class/net/*"))
            if (card / "device").exists() and _lines(card / "addr_assign_type") == ["0"]  # burnt in, not made up
            for address in _lines(card / "address")
        ],
        "system": _lines(root / "etc/machine-id"),
    }


def _is_of_one_board(number: str) -> bool:
    digits = number.replace("-", "").lower()
    return len(set(digits)) > 1 and digits not in _OF_MANY_BOARDS


def _windows_facts() -> Mapping[str, Sequence[str]]:  # pragma: no cover  # measured on Linux only
    import winreg  # noqa: PLC0415  # there is none elsewhere

    try:
        with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, r"SOFTWARE\Microsoft\Cryptography") as key:  # type: ignore[attr-defined, unused-ignore]
            return {"system": [str(winreg.QueryValueEx(key, "MachineGuid")[0])]}  # type: ignore[attr-defined, unused-ignore]
    except OSError:
        return {}


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="ascii", errors="replace").split()
    except OSError:
        return []


def _hash(fact: str, value: str) -> str:
    return hashlib.sha256(f"GLRM1 {fact} {value}".encode()).hexdigest()[:16]


def _read(path: Path) -> Facts:
    try:
        document = json.loads(path.read_bytes())
    except (FileNotFoundError, ValueError):
        return {}
    return {str(fact): [str(value) for value in values] for fact, values in document.items()}


def _set_aside(directory: Path, then: Facts) -> Path:
    name = hashlib.sha256(json.dumps(then, sort_keys=True).encode()).hexdigest()[:8]
    aside = directory / f"of-another-machine-{name}"
    aside.mkdir(mode=0o700, exist_ok=True)
    for file in _OF_THE_IDENTITY:
        source = directory / file
        if source.exists():
            target = aside / file
            copies = 1
            while target.exists():  # the same disk was copied here before
                copies += 1
                target = aside / f"{file}.{copies}"
            source.rename(target)
    return aside
