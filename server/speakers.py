"""Which kind of device may say what. A kiosk serves nobody and closes no day; a desk gives no numbers.

What is not its speaker's to say is stored and relayed like everything else, and parked: it changes nothing. So one
machine that fell into wrong hands can spoil what it does itself, and no more. At central a device may be heard before
the site's server has said who it is: what it says is parked until then (projection.py), so that it does not matter
which of the two logs came first. At its own site everybody who writes was let in; whose log is imported is believed.
"""

from collections.abc import Mapping
from typing import Final

from sqlalchemy import Connection, bindparam, select

from kiosk.domain import deeds
from kiosk.domain.desk_bodies import ACTION_TYPES
from kiosk.domain.events import DEVICE_ENROLLED, DEVICE_REVOKED, EPOCH_RAISED, NODE_STARTED, Event
from kiosk.domain.history import READERS, Effect, NotUnderstoodError, effect_of
from kiosk.domain.stop_life import Verb
from kiosk.sync.wire import DeviceKind
from server.schema import devices

_ALL: Final = frozenset(event_type for event_type, _ in READERS)
_OF_COUNTERS: Final = frozenset(event_type for event_type, _ in deeds.READERS)
_CUT_OFF: Final = frozenset(ACTION_TYPES[verb] for verb in (Verb.START, Verb.COMPLETE, Verb.NO_SHOW, Verb.PARK))
"""What a desk may do by itself."""
STRANGER: Final = "device unknown here"
"""In place of a kind, at central: nobody has told yet."""
_NOT_ITS_OWN: Final[Mapping[str, frozenset[str]]] = {
    DeviceKind.KIOSK: _OF_COUNTERS,
    DeviceKind.DESK: _ALL - _CUT_OFF - {NODE_STARTED},
    DeviceKind.BOARD: _ALL - {NODE_STARTED},
    STRANGER: _ALL - {NODE_STARTED, DEVICE_ENROLLED, DEVICE_REVOKED, EPOCH_RAISED},
}
"""What servers say of devices is judged where it is carried out (device_projection.py)."""

_KINDS: Final = select(devices.c.device_id, devices.c.kind).where(devices.c.site_id == bindparam("site"))
_KIND: Final = select(devices.c.kind).where(
    devices.c.site_id == bindparam("site"), devices.c.device_id == bindparam("device")
)
_RELAY: Final = (
    select(devices.c.device_id)
    .where(devices.c.site_id == bindparam("site"), devices.c.kind == DeviceKind.SITE.value)
    .limit(1)
)
"""Whoever has let a server of the site in is above it.

Built once: SQLAlchemy takes longer to build a statement than SQLite to carry it out."""


class SpeakerUnknownError(NotUnderstoodError):
    """Once it is known who speaks, it can be judged."""


class Kinds:
    """Of all devices of a site."""

    def __init__(self, connection: Connection, site_id: str) -> None:
        self._known = {row.device_id: row.kind for row in connection.execute(_KINDS, {"site": site_id})}
        self._otherwise = STRANGER if DeviceKind.SITE in self._known.values() else None

    def of(self, origin: str) -> str | None:
        return self._known.get(origin, self._otherwise)


def kind_of(connection: Connection, site_id: str, origin: str) -> str | None:
    """A DeviceKind, STRANGER, or None: believed."""
    kind = connection.execute(_KIND, {"site": site_id, "device": origin}).scalar_one_or_none()
    if kind is not None:
        return str(kind)
    return None if connection.execute(_RELAY, {"site": site_id}).first() is None else STRANGER


def may_say(kind: str | None, event_type: str) -> bool:
    return kind is None or event_type not in _NOT_ITS_OWN.get(kind, frozenset())


def is_heard(event: Event, kind: str | None) -> bool:
    """False: it is parked, and changes nothing. Of what follows what, only the site's server speaks."""
    return may_say(kind, event.type) and not (kind == DeviceKind.DESK and event.body.get("follows") is not None)


def heard(event: Event, kind: str | None) -> Effect:
    """What the event changes, said by a device of this kind. Raises NotUnderstoodError, or SpeakerUnknownError."""
    if kind == STRANGER and not is_heard(event, kind):
        raise SpeakerUnknownError(f"device {event.origin} is not known here yet")
    if not is_heard(event, kind):
        raise NotUnderstoodError(f"{event.type} like this is not for a {kind} to say")
    return effect_of(event)
