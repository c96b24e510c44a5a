"""Both ends of a pairing by code, for tests: the operator at the server, the technician at the device."""

import base64
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kiosk.config import KioskConfig, SyncConfig
from kiosk.domain.pairing_code import PairingCode, device_proof
from kiosk.enrolling import Outcome, enrol_kiosk
from kiosk.identity import Identity
from kiosk.sync.wire import DeviceKind, Enrol, Enrolled
from server.devices import DeviceRecord
from server.invitations import Invitation, Wish, invite
from server.node import Node
from server.problems import RefusedError
from server.redeeming import redeem
from tests.paired_kiosk import SITE


def invited(node: Node, kind: DeviceKind = DeviceKind.KIOSK, **wish: object) -> tuple[str, Invitation]:
    """The code as people read it, and what is known of it."""
    code, invitation = invite(node, replace(Wish(SITE, kind), **wish))  # type: ignore[arg-type]
    return str(code), invitation


def enrolled(code: str, folder: Path, server_url: str, **settings: object) -> Outcome:
    config = KioskConfig(data_dir=folder, sync=SyncConfig(server=server_url))
    return enrol_kiosk(code, replace(config, **settings))  # type: ignore[arg-type]


def record(device: Identity, number: int, letter: str) -> DeviceRecord:
    return DeviceRecord(device.device_id, device.public_key, SITE, number, letter, f"Anjungan {number}")


def ask(node: Node, code: PairingCode, device: Identity, **wish: Any) -> Enrolled:
    """As the device does, without HTTP between."""
    message = Enrol(
        invitation=code.name,
        device=device.device_id,
        public_key=base64.b64encode(device.public_key).decode(),
        proof=device_proof(code.derived_key(), device.public_key),
        program="test",
        **wish,
    )
    return redeem(node, message)


def refusal(node: Node, code: PairingCode, device: Identity, **wish: Any) -> RefusedError:
    with pytest.raises(RefusedError) as refused:
        ask(node, code, device, **wish)
    return refused.value
