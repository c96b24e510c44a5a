"""Whom a site knows: its devices and their keys. Desks verify tickets by it without a network."""

from dataclasses import dataclass


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
