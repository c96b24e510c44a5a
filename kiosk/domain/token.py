"""The QR token K1: what a slip says of itself, signed by the kiosk that issued it (docs/ticket-token.md).

A signature proves origin, never uniqueness. No name, no NIK, no phone: only numbers.
"""

import re
import struct
from base64 import b32decode, b32encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from kiosk.domain.numbering import HIGHEST_SERIES
from kiosk.domain.ticket import MAX_STOPS, TicketId

VERSION: Final = 1
"""Version and algorithm in one byte: this layout, signed with Ed25519."""

_SIGNED_PREFIX: Final = b"GLR1"
_HEAD: Final = struct.Struct(">BHHBHBBHH8s")
_SIGNATURE_SIZE: Final = 64
_FIRST_DAY: Final = date(2020, 1, 1)
_LAST_MINUTE: Final = 24 * 60 - 1
_NO_MINUTE: Final = 0xFFFF
_LONGEST_LINE: Final = 512
"""As much as a scanner line may hold; a QR of 7,089 digits is refused before any work."""

_SIZES: Final = tuple(_HEAD.size + 2 * stops + _SIGNATURE_SIZE for stops in range(MAX_STOPS + 1))
LENGTHS: Final = {-(-size * 8 // 5): size for size in _SIZES}
"""Base32 characters without padding -> bytes."""

_UPPER: Final = str.maketrans("abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
_AT_THE_END: Final = re.compile(r"[A-Z2-7]+\Z")


@dataclass(frozen=True, slots=True)
class Claims:
    """`minute` of the day at the site, None where the kiosk's clock was not trusted. `service_numbers` in order of
    the stops. `key_id` names the kiosk's key in the trust list.
    """

    key_id: int
    site_number: int
    kiosk_number: int
    service_day: date
    queue_number: int
    series: int
    number: int
    minute: int | None
    ticket_id: TicketId
    service_numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class KioskKey:
    """One line of the trust list: a public key of 32 bytes, and the only site and kiosk it may speak for."""

    public_key: bytes
    site_number: int
    kiosk_number: int


class Reason(StrEnum):
    NOT_A_TOKEN = "not_a_token"  # noqa: S105  # a reason
    WRONG_LENGTH = "wrong_length"
    NOT_CANONICAL = "not_canonical"
    UNKNOWN_VERSION = "unknown_version"
    BAD_CLAIMS = "bad_claims"
    UNKNOWN_KEY = "unknown_key"
    FORGED = "forged"
    NOT_THAT_KIOSK = "not_that_kiosk"
    OTHER_SITE = "other_site"


@dataclass(frozen=True, slots=True)
class Refused:
    reason: Reason


@dataclass(frozen=True, slots=True)
class Parsed:
    """Well-formed, not yet believed."""

    claims: Claims
    payload: bytes
    signature: bytes


@dataclass(frozen=True, slots=True)
class Valid:
    """Signed by a kiosk of this site that the trust list knows. The first scan still wins."""

    claims: Claims


def build_payload(claims: Claims) -> bytes:
    """22 bytes and 2 a stop. Raises ValueError for claims that the layout cannot hold."""
    fault = _fault(claims)
    if fault is not None:
        raise ValueError(fault)
    head = _HEAD.pack(
        VERSION,
        claims.key_id,
        claims.site_number,
        claims.kiosk_number,
        (claims.service_day - _FIRST_DAY).days,
        claims.queue_number,
        claims.series,
        claims.number,
        _NO_MINUTE if claims.minute is None else claims.minute,
        bytes.fromhex(claims.ticket_id),
    )
    return head + b"".join(number.to_bytes(2, "big") for number in claims.service_numbers)


def sign(payload: bytes, signer: Callable[[bytes], bytes], public_url: str | None = None) -> str:
    """The text of the QR: `K1.<token>`, or `<public_url>/T/<token>` where the hall has a public page."""
    signature = signer(_SIGNED_PREFIX + payload)
    body = b32encode(payload + signature).decode().rstrip("=")
    return f"K1.{body}" if public_url is None else f"{public_url}/T/{body}"


def parse(text: str | bytes) -> Parsed | Refused:
    """Read what a scanner typed: any case, any prefix, blanks and line ends around. Never raises."""
    try:
        line = text.decode("ascii") if isinstance(text, bytes) else text
    except UnicodeDecodeError:
        return Refused(Reason.NOT_A_TOKEN)
    found = _AT_THE_END.search(line.strip().translate(_UPPER)) if len(line) <= _LONGEST_LINE else None
    if found is None:
        return Refused(Reason.NOT_A_TOKEN)
    body = found.group()
    size = LENGTHS.get(len(body))
    if size is None:
        return Refused(Reason.WRONG_LENGTH)
    whole = b32decode(body + "=" * (-len(body) % 8))
    if b32encode(whole).decode().rstrip("=") != body:
        return Refused(Reason.NOT_CANONICAL)
    return _read(whole[:-_SIGNATURE_SIZE], whole[-_SIGNATURE_SIZE:])


def verify(text: str | bytes, trust: Mapping[int, KioskKey], site_number: int) -> Valid | Refused:
    """Judge a token at a desk of `site_number`, without any network. Never raises."""
    parsed = parse(text)
    if isinstance(parsed, Refused):
        return parsed
    claims = parsed.claims
    key = trust.get(claims.key_id)
    if key is None:
        return Refused(Reason.UNKNOWN_KEY)
    try:
        Ed25519PublicKey.from_public_bytes(key.public_key).verify(parsed.signature, _SIGNED_PREFIX + parsed.payload)
    except InvalidSignature:
        return Refused(Reason.FORGED)
    if (key.site_number, key.kiosk_number) != (claims.site_number, claims.kiosk_number):
        return Refused(Reason.NOT_THAT_KIOSK)
    if claims.site_number != site_number:
        return Refused(Reason.OTHER_SITE)
    return Valid(claims)


def _read(payload: bytes, signature: bytes) -> Parsed | Refused:
    version, key_id, site, kiosk, day, queue, series, number, minute, ticket_id = _HEAD.unpack_from(payload)
    if version != VERSION:
        return Refused(Reason.UNKNOWN_VERSION)
    stops = payload[_HEAD.size :]
    claims = Claims(
        key_id=key_id,
        site_number=site,
        kiosk_number=kiosk,
        service_day=_FIRST_DAY + timedelta(days=day),
        queue_number=queue,
        series=series,
        number=number,
        minute=None if minute == _NO_MINUTE else minute,
        ticket_id=TicketId(ticket_id.hex()),
        service_numbers=tuple(int.from_bytes(stops[at : at + 2], "big") for at in range(0, len(stops), 2)),
    )
    return Parsed(claims, payload, signature) if _fault(claims) is None else Refused(Reason.BAD_CLAIMS)


def _fault(claims: Claims) -> str | None:
    """What makes claims meaningless, whoever signed them."""
    ranges = (
        ("key_id", claims.key_id, 0, 0xFFFF),
        ("site_number", claims.site_number, 1, 0xFFFF),
        ("kiosk_number", claims.kiosk_number, 1, 0xFF),
        ("service_day", (claims.service_day - _FIRST_DAY).days, 0, 0xFFFF),
        ("queue_number", claims.queue_number, 1, 0xFF),
        ("series", claims.series, 0, HIGHEST_SERIES),
        ("number", claims.number, 1, 0xFFFF),
        ("minute", claims.minute or 0, 0, _LAST_MINUTE),
        ("ticket_id", len(claims.ticket_id), 16, 16),
        *(("service_numbers", number, 1, 0xFFFF) for number in claims.service_numbers),
        ("service_numbers", len(claims.service_numbers), 0, MAX_STOPS),
    )
    return next(
        (f"{name} {value} is not in {low}..{high}" for name, value, low, high in ranges if not low <= value <= high),
        None,
    )
