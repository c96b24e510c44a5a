"""Both ends of a pairing by code, for tests: the operator at the server, the technician at the device."""

from dataclasses import replace
from pathlib import Path

from kiosk.config import KioskConfig, SyncConfig
from kiosk.enrolling import Outcome, enrol_kiosk
from kiosk.sync.wire import DeviceKind
from server.invitations import Invitation, Wish, invite
from server.node import Node
from tests.paired_kiosk import SITE


def invited(node: Node, kind: DeviceKind = DeviceKind.KIOSK, **wish: object) -> tuple[str, Invitation]:
    """The code as people read it, and what is known of it."""
    code, invitation = invite(node, replace(Wish(SITE, kind), **wish))  # type: ignore[arg-type]
    return str(code), invitation


def enrolled(code: str, folder: Path, server_url: str, **settings: object) -> Outcome:
    config = KioskConfig(data_dir=folder, sync=SyncConfig(server=server_url))
    return enrol_kiosk(code, replace(config, **settings))  # type: ignore[arg-type]
