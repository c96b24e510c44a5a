"""The accounts of officers, supervisors and technicians: at the site server alone, in no log and nowhere upstream."""

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from threading import BoundedSemaphore
from typing import Any, Final

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy import Connection, Row, delete, insert, select, update

from kiosk.domain.desk_bodies import staff_locked
from kiosk.domain.events import STAFF_LOCKED, STAFF_UNLOCKED
from kiosk.errors import KioskError
from kiosk.sync.desk_wire import Role
from server.database import lock_site, upsert
from server.own_log import OwnLog
from server.pins import LOCKED_AT, Tries
from server.schema import staff, terminal_failures
from server.staff_sessions import end_sessions_of

CONSOLE: Final = "console"
"""Who acts, in an event, where it was a person at the server itself."""

_ID: Final = re.compile(r"[A-Z0-9][A-Z0-9-]{1,11}")
_MEMORY_KIB: Final = 32 * 1024
_PASSES: Final = 2
"""85 ms a PIN on the machine this was written on; all million PINs of a stolen hash take a day of one processor."""

NOBODY: Final = "$argon2id$v=19$m=32768,t=2,p=1$CTL8aeGQrkD4om/74gvbQQ$JxmgNcdCVLbGHTdqx+H1w2EIonOH8K1ccXjkDCyPen4"
"""What the PIN of an unknown id is compared with, for the same work: of no PIN."""


class StaffError(KioskError):
    """Such an account cannot be made, or there is none."""


@dataclass(frozen=True, slots=True)
class Account:
    """All but the PIN. `added_at_ms`: milliseconds since 1970."""

    staff: str
    role: Role
    tries: Tries
    is_locked: bool
    must_change: bool
    added_at_ms: int


class PinHasher:
    """Argon2id. Safe to use from many threads; only some compute at once, because each takes 32 MiB and a processor."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher(time_cost=_PASSES, memory_cost=_MEMORY_KIB, parallelism=1)
        self._turns = BoundedSemaphore(at_once())

    def hash(self, pin: str) -> str:
        with self._turns:
            return self._hasher.hash(pin)

    def fits(self, pin: str, pin_hash: str) -> bool:
        with self._turns:
            try:
                return self._hasher.verify(pin_hash, pin)
            except VerificationError:
                return False


def at_once() -> int:
    """So many PINs are checked at the same time: half the processors go on serving the hall."""
    return max(1, (os.cpu_count() or 1) // 2)


def checked_id(text: str) -> str:
    """In capitals. Raises StaffError."""
    if not _ID.fullmatch(text.upper()):
        raise StaffError(f"{text!r} is no staff id: 2 to 12 letters, digits and hyphens, such as P-017, and no name.")
    return text.upper()


def add_account(connection: Connection, site_id: str, account: Account, pin_hash: str) -> None:
    """Raises StaffError where the id is taken."""
    lock_site(connection, site_id)
    if _find(connection, site_id, account.staff) is not None:
        raise StaffError(f"{account.staff} is at {site_id} already: giliran staff reset gives a new PIN.")
    connection.execute(
        insert(staff).values(
            site_id=site_id,
            staff_id=account.staff,
            role=account.role,
            pin_hash=pin_hash,
            must_change=int(account.must_change),
            added_at_ms=account.added_at_ms,
        )
    )


def accounts(connection: Connection, site_id: str) -> Sequence[Account]:
    rows = connection.execute(select(staff).where(staff.c.site_id == site_id).order_by(staff.c.staff_id))
    return [_account(row) for row in rows]


def locked_accounts(connection: Connection, site_id: str) -> tuple[str, ...]:
    return tuple(account.staff for account in accounts(connection, site_id) if account.is_locked)


def reset_account(  # noqa: PLR0913  # what a new PIN needs to be told
    connection: Connection, own_log: OwnLog, site_id: str, staff_id: str, pin_hash: str, *, must_change: bool
) -> None:
    """A new PIN, unlocked, signed out everywhere. Raises StaffError."""
    lock_site(connection, site_id)
    account = account_of(connection, site_id, staff_id)
    end_sessions_of(connection, own_log, site_id, staff_id)
    fresh = {"pin_hash": pin_hash, "must_change": int(must_change), "failures": 0, "wait_until_ms": None}
    connection.execute(update(staff).where(*_is(site_id, staff_id)).values(**fresh, is_locked=0))
    if account.is_locked:
        own_log.append(connection, site_id, STAFF_UNLOCKED, staff_locked(staff_id, CONSOLE))


def unlock_account(connection: Connection, own_log: OwnLog, site_id: str, staff_id: str, by: str = CONSOLE) -> bool:
    """Whether there was anything to unlock, or a wait to end. `by`: a supervisor's id. Raises StaffError."""
    lock_site(connection, site_id)
    account = account_of(connection, site_id, staff_id)
    connection.execute(update(staff).where(*_is(site_id, staff_id)).values(failures=0, wait_until_ms=None, is_locked=0))
    if account.is_locked:
        own_log.append(connection, site_id, STAFF_UNLOCKED, staff_locked(staff_id, by))
    return account.is_locked or account.tries.failures > 0


def remove_account(connection: Connection, own_log: OwnLog, site_id: str, staff_id: str) -> None:
    """What the officer did stays in the log, under the id. Raises StaffError."""
    lock_site(connection, site_id)
    account_of(connection, site_id, staff_id)
    end_sessions_of(connection, own_log, site_id, staff_id)
    connection.execute(delete(staff).where(*_is(site_id, staff_id)))


def account_of(connection: Connection, site_id: str, staff_id: str) -> Account:
    """Raises StaffError."""
    row = _find(connection, site_id, staff_id)
    if row is None:
        raise StaffError(f"Nobody at {site_id} has the id {staff_id}: giliran staff list shows who there is.")
    return _account(row)


def find_account(connection: Connection, site_id: str, staff_id: str) -> tuple[Account, str] | None:
    """With the hash of the PIN."""
    row = _find(connection, site_id, staff_id)
    return None if row is None else (_account(row), row.pin_hash)


def note_tries(connection: Connection, site_id: str, staff_id: str, tries: Tries) -> None:
    values = {"failures": tries.failures, "wait_until_ms": tries.wait_until_ms}
    connection.execute(update(staff).where(*_is(site_id, staff_id)).values(**values))


def change_pin(connection: Connection, site_id: str, staff_id: str, pin_hash: str) -> None:
    connection.execute(update(staff).where(*_is(site_id, staff_id)).values(pin_hash=pin_hash, must_change=0))


def lock_account(connection: Connection, own_log: OwnLog, site_id: str, staff_id: str) -> bool:
    """After too many wrong PINs; signed out everywhere. Whether it was open until now."""
    lock_site(connection, site_id)
    still_open = update(staff).where(*_is(site_id, staff_id), staff.c.is_locked == 0).values(is_locked=1)
    if connection.execute(still_open).rowcount == 0:
        return False
    end_sessions_of(connection, own_log, site_id, staff_id)
    own_log.append(connection, site_id, STAFF_LOCKED, staff_locked(staff_id, None))
    return True


def tries_at_terminal(connection: Connection, site_id: str, device_id: str) -> Tries:
    at = (terminal_failures.c.site_id == site_id, terminal_failures.c.device_id == device_id)
    row = connection.execute(select(terminal_failures).where(*at)).first()
    return Tries() if row is None else Tries(row.failures, row.wait_until_ms)


def note_tries_at_terminal(connection: Connection, site_id: str, device_id: str, tries: Tries) -> None:
    values = {"failures": tries.failures, "wait_until_ms": tries.wait_until_ms}
    row = upsert(connection, terminal_failures).values(site_id=site_id, device_id=device_id, **values)
    connection.execute(row.on_conflict_do_update(index_elements=["site_id", "device_id"], set_=values))


def _is(site_id: str, staff_id: str) -> Any:
    return staff.c.site_id == site_id, staff.c.staff_id == staff_id


def _find(connection: Connection, site_id: str, staff_id: str) -> Row[Any] | None:
    return connection.execute(select(staff).where(*_is(site_id, staff_id))).first()


def _account(row: Row[Any]) -> Account:
    tries = Tries(row.failures, row.wait_until_ms)
    is_locked = bool(row.is_locked) or row.failures >= LOCKED_AT  # else the power went while the last PIN was checked
    return Account(row.staff_id, Role(row.role), tries, is_locked, bool(row.must_change), row.added_at_ms)
