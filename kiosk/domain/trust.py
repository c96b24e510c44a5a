"""Whom a site knows: its devices and their keys. Desks verify tickets by it without a network."""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from kiosk.domain.events import canonical
from kiosk.domain.token import KioskKey


@dataclass(frozen=True, slots=True)
class DeviceFacts:
    """`device_id`: 16 hex digits. `kind`: kiosk, site, desk or board. `public_key`: 32 raw bytes of Ed25519.

    `kiosk_number` and `letter` belong to kiosks; a kiosk alone at its site has no letter. `name` is a machine's.
    """

    device_id: str
    kind: str
    public_key: bytes
    name: str
    kiosk_number: int | None = None
    letter: str | None = None


@dataclass(frozen=True, slots=True)
class TrustedDevice:
    """`from_day`: the first service day whose tickets it may have signed; `revoked_day`: the last, None for no end."""

    facts: DeviceFacts
    from_day: date
    revoked_day: date | None = None

    def may_sign_on(self, service_day: date) -> bool:
        return self.from_day <= service_day and (self.revoked_day is None or service_day <= self.revoked_day)


@dataclass(frozen=True, slots=True)
class TrustList:
    """`devices` by their id, those that were shut out too: their older tickets are still good. `authorities`: device
    id -> raw public key of each server that may sign what is handed down at this site.
    """

    site_id: str
    devices: tuple[TrustedDevice, ...]
    authorities: Mapping[str, bytes]

    def kiosk_keys(self, site_number: int, service_day: date) -> Mapping[int, KioskKey]:
        """What `kiosk.domain.token.verify` asks for, of the kiosks whose tickets of that day are good."""
        return {
            key_id(device.facts.public_key): KioskKey(device.facts.public_key, site_number, device.facts.kiosk_number)
            for device in self.devices
            if device.facts.kiosk_number is not None and device.may_sign_on(service_day)
        }


def key_id(public_key: bytes) -> int:
    """Which key signed a ticket, 16 bits: bytes 9 and 10 of the public key's SHA-256."""
    return int.from_bytes(hashlib.sha256(public_key).digest()[8:10], "big")


def encode_trust_list(trust: TrustList) -> bytes:
    """Canonical JSON: the same facts are the same bytes."""
    devices = sorted(trust.devices, key=lambda device: device.facts.device_id)
    return canonical(
        {
            "schema_version": 1,
            "site": trust.site_id,
            "devices": [
                {
                    "device": device.facts.device_id,
                    "kind": device.facts.kind,
                    "key": base64.b64encode(device.facts.public_key).decode(),
                    "name": device.facts.name,
                    "kiosk_number": device.facts.kiosk_number,
                    "letter": device.facts.letter,
                    "from_day": device.from_day.isoformat(),
                    "revoked_day": None if device.revoked_day is None else device.revoked_day.isoformat(),
                }
                for device in devices
            ],
            "authorities": [
                {"device": device_id, "key": base64.b64encode(key).decode()}
                for device_id, key in sorted(trust.authorities.items())
            ],
        }
    )
