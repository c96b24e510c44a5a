"""Whose signature under a snapshot counts here and further down: this server's, and those that its upstream named."""

import base64
from pathlib import Path

from kiosk.enrolment import UPSTREAM_FILE, load_enrolment
from kiosk.identity import Identity
from kiosk.sync.wire import Authority


def authorities_of(identity: Identity, data_dir: Path | None) -> tuple[Authority, ...]:
    """Read anew each time: a server may be enrolled upstream while it runs. Raises IdentityError."""
    own = Authority(device=identity.device_id, key=base64.b64encode(identity.public_key).decode())
    upstream = None if data_dir is None else load_enrolment(data_dir / UPSTREAM_FILE)
    return (own, *(upstream.authorities if upstream is not None else ()))
