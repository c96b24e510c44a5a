"""Pairing codes: made by an operator, used once, forgotten soon. The code itself is never kept, only a key derived
from it. Which invitations there are is decided in the database, so that a running server knows those of the command
line at once.
"""

import hmac
import secrets
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, Final

from sqlalchemy import Connection, Row, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from kiosk.domain.pairing_code import ALPHABET, NAME_LENGTH, SECRET_LENGTH, PairingCode, device_proof
from kiosk.errors import KioskError
from kiosk.sync.wire import DeviceKind
from server.database import Database, lock_site, milliseconds
from server.enrolment import active_kiosks, refuse_resting, twin_error
from server.node import Node
from server.schema import invitations
from server.whose_site import refuse_kiosk_beside_server, refuse_other_site

VALID_MS: Final = 10 * 60 * 1000
TRIES: Final = 5

_KEPT_MS: Final = 60 * 60 * 1000
"""After its end: whoever waits for it reads how it ended."""
_CLOCK_SLACK_MS: Final = 60 * 1000
_ATTEMPTS: Final = 20
_NO_KEY: Final = b""
"""In place of the derived key once the invitation opens nothing any more."""


class InvitationError(KioskError):
    """No code can be made."""


class Standing(Enum):
    """How an invitation fares."""

    OPEN = auto()
    USED = auto()
    EXPIRED = auto()
    WORN_OUT = auto()
    """Tried too often."""
    GONE = auto()


@dataclass(frozen=True, slots=True)
class Wish:
    """What the operator asked for; None: whatever is free, or what the device would like."""

    site_id: str
    kind: DeviceKind = DeviceKind.KIOSK
    kiosk_number: int | None = None
    letter: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Invitation:
    """`name`: the first three characters of its code. `device_id`: who used it. Times in ms since 1970, UTC."""

    name: str
    wish: Wish
    derived_key: bytes
    made_at_ms: int
    expires_at_ms: int
    tries_left: int
    device_id: str | None

    def standing(self, now_ms: int) -> Standing:
        """By this server's clock alone. One that was set back far does not lengthen anything."""
        if self.device_id is not None:
            return Standing.USED
        if self.tries_left <= 0:
            return Standing.WORN_OUT
        if not self.made_at_ms - _CLOCK_SLACK_MS <= now_ms < self.expires_at_ms:
            return Standing.EXPIRED
        return Standing.OPEN


def invite(node: Node, wish: Wish) -> tuple[PairingCode, Invitation]:
    """A new code, which is valid from now on for whoever brings it.

    Raises:
        EnrolmentConflictError: another kiosk of the site has the number or the letter that was asked for, or had the
            letter today.
        InvitationError: nobody could use it.
        ForeignSiteError: the site, or its kiosks, are another server's.
    """
    now_ms = milliseconds(node.clock.now())
    with node.database.writing() as connection:
        lock_site(connection, wish.site_id)
        refuse_other_site(connection, node, wish.site_id)
        _refuse_taken(connection, wish)
        refuse_resting(connection, wish.site_id, wish.letter, "", milliseconds(node.trusted_clock.read().at))
        connection.execute(delete(invitations).where(invitations.c.expires_at_ms < now_ms - _KEPT_MS))
    for _ in range(_ATTEMPTS):
        code = PairingCode(_random(NAME_LENGTH), _random(SECRET_LENGTH))
        invitation = Invitation(code.name, wish, code.derived_key(), now_ms, now_ms + VALID_MS, TRIES, None)
        try:
            with node.database.writing() as connection:
                connection.execute(insert(invitations).values(_row(invitation)))
        except IntegrityError:  # the name is in use
            continue
        return code, invitation
    raise InvitationError("Too many pairing codes are open: let some of them expire, and try again.")


def find_invitation(connection: Connection, name: str) -> Invitation | None:
    """By the name alone: whoever brings a code does not know the site yet."""
    row = connection.execute(select(invitations).where(invitations.c.invitation == name)).one_or_none()
    return None if row is None else _read(row)


def lock_invitation(connection: Connection, name: str) -> Invitation | None:
    """The same, and nobody else tries it until the transaction ends."""
    query = select(invitations).where(invitations.c.invitation == name).with_for_update()
    row = connection.execute(query).one_or_none()
    return None if row is None else _read(row)


def standing_of(database: Database, name: str, now_ms: int) -> tuple[Standing, Invitation | None]:
    with database.reading() as connection:
        invitation = find_invitation(connection, name)
    return (Standing.GONE, None) if invitation is None else (invitation.standing(now_ms), invitation)


def is_proof(invitation: Invitation, public_key: bytes, proof: str) -> bool:
    return hmac.compare_digest(device_proof(invitation.derived_key, public_key), proof)


def count_failure(connection: Connection, invitation: Invitation) -> None:
    left = max(0, invitation.tries_left - 1)
    changes: dict[str, Any] = {"tries_left": left}
    if left == 0:
        changes["derived_key"] = _NO_KEY
    connection.execute(_of(invitation).values(changes))


def use_up(connection: Connection, invitation: Invitation, device_id: str) -> None:
    connection.execute(_of(invitation).values(device_id=device_id, derived_key=_NO_KEY))


def withdraw(database: Database, invitation: Invitation) -> None:
    """One that was used stays, for the record of the next hour."""
    with database.writing() as connection:
        connection.execute(
            delete(invitations).where(
                invitations.c.site_id == invitation.wish.site_id,
                invitations.c.invitation == invitation.name,
                invitations.c.device_id.is_(None),
            )
        )


def promised(connection: Connection, site_id: str, besides: str, now_ms: int) -> tuple[frozenset[int], frozenset[str]]:
    """The numbers and letters that other open invitations of the site name."""
    rows = connection.execute(select(invitations).where(invitations.c.site_id == site_id)).all()
    others = [each for row in rows if (each := _read(row)).name != besides and each.standing(now_ms) is Standing.OPEN]
    numbers = frozenset(each.wish.kiosk_number for each in others if each.wish.kiosk_number is not None)
    return numbers, frozenset(each.wish.letter for each in others if each.wish.letter is not None)


def _refuse_taken(connection: Connection, wish: Wish) -> None:
    if wish.kind is not DeviceKind.KIOSK:
        if wish.kiosk_number is not None or wish.letter is not None:
            raise InvitationError(f"Only a kiosk has a number and a letter: leave them out for a {wish.kind}.")
        return
    refuse_kiosk_beside_server(connection, wish.site_id)
    for other in active_kiosks(connection, wish.site_id):
        if other.kiosk_number == wish.kiosk_number or (wish.letter is not None and other.letter == wish.letter):
            raise twin_error(other)


def _random(length: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def _row(invitation: Invitation) -> dict[str, Any]:
    wish = invitation.wish
    return {
        "site_id": wish.site_id,
        "invitation": invitation.name,
        "derived_key": invitation.derived_key,
        "kind": wish.kind,
        "kiosk_number": wish.kiosk_number,
        "letter": wish.letter,
        "name": wish.name,
        "made_at_ms": invitation.made_at_ms,
        "expires_at_ms": invitation.expires_at_ms,
        "tries_left": invitation.tries_left,
    }


def _read(row: Row[Any]) -> Invitation:
    wish = Wish(row.site_id, DeviceKind(row.kind), row.kiosk_number, row.letter, row.name)
    return Invitation(
        row.invitation,
        wish,
        bytes(row.derived_key),
        row.made_at_ms,
        row.expires_at_ms,
        row.tries_left,
        row.device_id,
    )


def _of(invitation: Invitation) -> Any:
    return update(invitations).where(
        invitations.c.site_id == invitation.wish.site_id, invitations.c.invitation == invitation.name
    )
