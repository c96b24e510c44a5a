"""A device brings a pairing code: who it is from now on, or why not.

Whoever guesses learns nothing: a code that never was, one that was used and one that was tried too often get the same
answer. Only who proves to know it hears more.
"""

import base64
import hashlib
import string
from collections.abc import Container, Iterable
from dataclasses import dataclass
from typing import Final, TypeVar

import structlog
from sqlalchemy import Connection

from kiosk.sync.code_proof import with_proof
from kiosk.sync.wire import DeviceKind, Enrol, Enrolled, ProblemCode
from server.authorities import authorities_of
from server.database import lock_site, milliseconds
from server.devices import DeviceRecord, ListedDevice, find_record
from server.enrolment import EnrolmentConflictError, active_kiosks, admit_within
from server.invitations import (
    Invitation,
    Standing,
    count_failure,
    find_invitation,
    is_proof,
    lock_invitation,
    promised,
    use_up,
)
from server.node import Node
from server.problems import RefusedError
from server.resting_letters import resting_letters
from server.whose_site import ForeignSiteError, refuse_kiosk_beside_server

log = structlog.get_logger(__name__)

_ChoiceT = TypeVar("_ChoiceT", int, str)

_NUMBERS: Final = range(1, 256)
_LETTERS: Final = "".join(sorted(string.ascii_uppercase, key=lambda letter: letter in "IO"))
"""I and O last: at the end of a label they look like digits."""
_NAMES: Final = {
    DeviceKind.KIOSK: "Anjungan",
    DeviceKind.SITE: "Server",
    DeviceKind.DESK: "Loket",
    DeviceKind.BOARD: "Papan",
}


@dataclass(frozen=True, slots=True)
class _Applicant:
    message: Enrol
    public_key: bytes


def redeem(node: Node, message: Enrol) -> Enrolled:
    """Lets the device in and uses the code up, in one transaction.

    Raises:
        RefusedError: `code`; `conflict` where its number or letter is another's; `device_revoked`.
    """
    public_key = base64.b64decode(message.public_key)
    if hashlib.sha256(public_key).hexdigest()[:16] != message.device:
        raise RefusedError(ProblemCode.FOREIGN_ORIGIN, "A device is named after its own key.")
    applicant = _Applicant(message, public_key)
    authorities = authorities_of(node.identity, node.data_dir)
    with node.database.reading() as connection:
        found = find_invitation(connection, message.invitation)
    if found is None:
        log.warning("pairing_code_refused", invitation=message.invitation)
        raise _wrong()
    with node.database.writing() as connection:
        lock_site(connection, found.wish.site_id)
        invitation = lock_invitation(connection, message.invitation)
        outcome = _judge(connection, node, invitation, applicant)
    if isinstance(outcome, RefusedError):
        raise outcome  # only here: the failure that was counted must stay counted
    log.info("device_enrolled", device=outcome.device_id, site=outcome.site_id, kind=outcome.kind)
    answer = Enrolled(
        site=outcome.site_id,
        device=outcome.device_id,
        kind=outcome.kind,
        kiosk_number=outcome.kiosk_number,
        letter=outcome.letter,
        name=outcome.name,
        server=node.identity.device_id,
        server_key=base64.b64encode(node.identity.public_key).decode(),
        server_epoch=node.epoch,
        authorities=authorities,
        proof="0" * 64,
    )
    return with_proof(answer, found.derived_key, public_key)


def _judge(
    connection: Connection, node: Node, invitation: Invitation | None, applicant: _Applicant
) -> DeviceRecord | RefusedError:
    """What may not be undone is returned, not raised."""
    now_ms = milliseconds(node.clock.now())
    standing = Standing.GONE if invitation is None else invitation.standing(now_ms)
    if invitation is None or standing in {Standing.USED, Standing.WORN_OUT}:
        return _wrong()
    if not is_proof(invitation, applicant.public_key, applicant.message.proof):
        count_failure(connection, invitation)
        log.warning("pairing_code_refused", invitation=invitation.name, tries_left=invitation.tries_left - 1)
        return _wrong()
    if standing is Standing.EXPIRED:
        return RefusedError(ProblemCode.CODE, "This pairing code is older than ten minutes: ask for a new one.")
    if applicant.message.kind not in {None, invitation.wish.kind}:
        return RefusedError(
            ProblemCode.CONFLICT,
            f"This code lets in a {invitation.wish.kind}: ask for one for a {applicant.message.kind}.",
        )
    known = find_record(connection, invitation.wish.site_id, applicant.message.device)
    if known is not None and known.revoked_at_ms is not None:
        raise RefusedError(
            ProblemCode.DEVICE_REVOKED,
            "This device was shut out, and its key with it: start it on a new data folder, so that it makes a new key.",
        )
    try:
        if invitation.wish.kind is DeviceKind.KIOSK:
            refuse_kiosk_beside_server(connection, invitation.wish.site_id)
        record = _record(connection, node, invitation, applicant, known)
        admit_within(connection, node, record)
    except (EnrolmentConflictError, ForeignSiteError) as error:
        raise RefusedError(ProblemCode.CONFLICT, str(error)) from error
    use_up(connection, invitation, record.device_id)
    return record


def _record(
    connection: Connection, node: Node, invitation: Invitation, applicant: _Applicant, known: ListedDevice | None
) -> DeviceRecord:
    """What the operator said goes before what the device was, and that before what it would like to be."""
    wish, message = invitation.wish, applicant.message
    number, letter = wish.kiosk_number, wish.letter
    if wish.kind is DeviceKind.KIOSK:
        others = active_kiosks(connection, wish.site_id, besides=message.device)
        numbers, letters = promised(connection, wish.site_id, invitation.name, milliseconds(node.clock.now()))
        before = known.record if known is not None else None
        if number is None:
            taken = numbers.union(other.kiosk_number for other in others if other.kiosk_number is not None)
            number = _first_free((before and before.kiosk_number, message.kiosk_number, *_NUMBERS), taken)
        if letter is None:
            now_ms = milliseconds(node.trusted_clock.read().at)
            resting = resting_letters(connection, wish.site_id, message.device, now_ms)
            worn = letters.union(resting, (other.letter for other in others if other.letter is not None))
            letter = _first_free((before and before.letter, message.letter, *_LETTERS), worn)
        if number is None or letter is None:
            raise RefusedError(ProblemCode.CONFLICT, f"No number or letter is free at {wish.site_id}: revoke a kiosk.")
    name = wish.name or message.name or " ".join(filter(None, (_NAMES[wish.kind], str(number or ""))))
    return DeviceRecord(message.device, applicant.public_key, wish.site_id, number, letter, name, wish.kind)


def _first_free(choices: Iterable[_ChoiceT | None], taken: Container[_ChoiceT]) -> _ChoiceT | None:
    return next((choice for choice in choices if choice is not None and choice not in taken), None)


def _wrong() -> RefusedError:
    return RefusedError(
        ProblemCode.CODE,
        "This pairing code is not known here, or not right, or it was used or tried too often: ask for a new one.",
    )
