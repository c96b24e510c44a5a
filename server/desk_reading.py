"""What a scanned text is: a genuine ticket of this hall, a label that was typed by hand, or why it is neither."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from sqlalchemy import Connection

from kiosk.desk.scanned import Label, Nothing, read_scan
from kiosk.domain.scan import ScanVerdict
from kiosk.domain.token import Claims, Parsed, Reason, Refused, Valid, parse, verify
from kiosk.domain.trust import TrustedDevice, TrustList, key_id
from kiosk.sync.desk_wire import ScanAnswer
from server.hall import Hall
from server.trusting import trusted_devices

_REFUSED: Final[Mapping[Reason, ScanVerdict]] = {
    Reason.FORGED: ScanVerdict.FORGED,
    Reason.NOT_THAT_KIOSK: ScanVerdict.FORGED,
    Reason.OTHER_SITE: ScanVerdict.OTHER_SITE,
}
"""All others cannot be read."""


@dataclass(frozen=True, slots=True)
class Read:
    """One of the two. A label that was typed proves nothing and needs no proof: it was called out."""

    claims: Claims | None = None
    label: str | None = None


def read_ticket(connection: Connection, site_id: str, hall: Hall, text: str) -> Read | ScanAnswer:
    """Or the verdict on everything else. Never raises, whatever was scanned."""
    trusted = trusted_devices(connection, site_id)
    scanned = read_scan(text, partial(_is_genuine, hall, trusted))
    if isinstance(scanned, Label):
        return Read(label=scanned.text)
    parsed = None if isinstance(scanned, Nothing) else parse(scanned.text)
    if isinstance(scanned, Nothing) or not isinstance(parsed, Parsed):
        return ScanAnswer(verdict=ScanVerdict.UNREADABLE)
    judged = _judged(hall, trusted, scanned.text, parsed.claims)
    if isinstance(judged, Valid):
        return Read(judged.claims)
    verdict = _REFUSED.get(judged.reason, ScanVerdict.UNREADABLE)
    if judged.reason is Reason.UNKNOWN_KEY:
        verdict = _of_unknown_key(hall, trusted, parsed.claims)
    return ScanAnswer(verdict=verdict, day=parsed.claims.service_day)


def _judged(hall: Hall, trusted: Sequence[TrustedDevice], text: str, claims: Claims) -> Valid | Refused:
    keys = TrustList("", tuple(trusted), {}).kiosk_keys(hall.site.number, claims.service_day)
    return verify(text, keys, hall.site.number)


def _is_genuine(hall: Hall, trusted: Sequence[TrustedDevice], text: str) -> bool:
    parsed = parse(text)
    return isinstance(parsed, Parsed) and isinstance(_judged(hall, trusted, text, parsed.claims), Valid)


def _of_unknown_key(hall: Hall, trusted: Sequence[TrustedDevice], claims: Claims) -> ScanVerdict:
    """No key is trusted on that day: another hall's kiosk, one that was shut out before, or anybody's."""
    if claims.site_number != hall.site.number:
        return ScanVerdict.OTHER_SITE
    of_kiosk = [each for each in trusted if key_id(each.facts.public_key) == claims.key_id]
    is_revoked = any(each.revoked_day is not None and each.revoked_day < claims.service_day for each in of_kiosk)
    return ScanVerdict.REVOKED_KEY if is_revoked else ScanVerdict.UNKNOWN_KEY
