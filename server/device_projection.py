"""Who may write at a site, as the site's own server has said in its log: so that central knows the same devices."""

import base64
from typing import Final

from pydantic import BaseModel, ValidationError
from sqlalchemy import Connection, insert, select, update

from kiosk.domain.events import DEVICE_ENROLLED, DEVICE_REVOKED, Event
from kiosk.domain.history import NotUnderstoodError
from kiosk.sync.wire import DeviceKind, DeviceName, Hex16, Key, Letter
from server.parked import awaiting, release
from server.schema import devices

DEVICE_EVENTS: Final = frozenset({DEVICE_ENROLLED, DEVICE_REVOKED})


class _Enrolled(BaseModel):
    device_id: Hex16
    kind: DeviceKind
    public_key: Key
    name: DeviceName
    kiosk_number: int | None = None
    letter: Letter | None = None


class _Revoked(BaseModel):
    device_id: Hex16


def apply_device_event(connection: Connection, site_id: str, event: Event, now_ms: int, own: str | None) -> str | None:
    """`own`: the id of this server. A revocation of a device that is not known yet gives back its id.

    Raises NotUnderstoodError for a body that is none, and for a word that is not its speaker's to say.
    """
    speaker = DeviceKind.SITE if event.origin == own else _kind(connection, site_id, event.origin)
    if speaker != DeviceKind.SITE:  # a plain string from the table
        raise NotUnderstoodError(f"{event.origin} is no server of {site_id}, so it lets nobody in and shuts nobody out")
    try:
        if event.type == DEVICE_ENROLLED:
            _enrol(connection, site_id, _Enrolled.model_validate(event.body), now_ms, is_own=event.origin == own)
            return None
        device_id = _Revoked.model_validate(event.body).device_id
    except ValidationError as error:
        raise NotUnderstoodError(f"its body is not that of {event.type}: {error.errors()[0]['msg']}") from error
    return None if _revoke(connection, site_id, device_id, now_ms) else device_id


def _kind(connection: Connection, site_id: str, device_id: str) -> str | None:
    query = select(devices.c.kind).where(devices.c.site_id == site_id, devices.c.device_id == device_id)
    return connection.execute(query).scalar_one_or_none()


def _enrol(connection: Connection, site_id: str, facts: _Enrolled, now_ms: int, *, is_own: bool) -> None:
    """A known device keeps its key, its kind and its standing: nobody comes back by being named again."""
    if facts.kind is DeviceKind.SITE and not is_own:
        raise NotUnderstoodError("only the upstream itself lets a site server in")
    shown = {"name": facts.name, "kiosk_number": facts.kiosk_number, "letter": facts.letter}
    known = connection.execute(
        update(devices).where(devices.c.site_id == site_id, devices.c.device_id == facts.device_id).values(shown)
    )
    if known.rowcount == 0:
        connection.execute(
            insert(devices).values(
                **shown,
                site_id=site_id,
                device_id=facts.device_id,
                kind=facts.kind,
                public_key=base64.b64decode(facts.public_key),
                enrolled_at_ms=now_ms,
            )
        )
        for parked in awaiting(connection, site_id, [facts.device_id]):
            if parked.arrival.event.type == DEVICE_REVOKED:
                _revoke(connection, site_id, facts.device_id, now_ms)
                release(connection, site_id, [parked.arrival.event])


def _revoke(connection: Connection, site_id: str, device_id: str, now_ms: int) -> bool:
    this = (devices.c.site_id == site_id, devices.c.device_id == device_id)
    connection.execute(update(devices).where(*this, devices.c.revoked_at_ms.is_(None)).values(revoked_at_ms=now_ms))
    return _kind(connection, site_id, device_id) is not None
