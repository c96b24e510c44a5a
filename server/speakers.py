"""Which kind of device may say what. A kiosk serves nobody and closes no day; a desk gives no numbers.

What is not its speaker's to say is stored and relayed like everything else, and parked: it changes nothing. So one
machine that fell into wrong hands can spoil what it does itself, and no more. Who is not known here (an older server of
the site, a device let in by hand elsewhere) is believed, since its own server has let it in.
"""

from collections.abc import Mapping
from typing import Final

from sqlalchemy import Connection, bindparam, select

from kiosk.domain import deeds
from kiosk.domain.course import Action
from kiosk.domain.desk_bodies import ACTION_TYPES
from kiosk.domain.events import NODE_STARTED, Event
from kiosk.domain.history import READERS, Effect, NotUnderstoodError, effect_of
from kiosk.domain.stop_life import Verb
from kiosk.sync.wire import DeviceKind
from server.schema import devices

_ALL: Final = frozenset(event_type for event_type, _ in READERS)
_OF_COUNTERS: Final = frozenset(event_type for event_type, _ in deeds.READERS)
_CUT_OFF: Final = frozenset(ACTION_TYPES[verb] for verb in (Verb.START, Verb.COMPLETE, Verb.NO_SHOW, Verb.PARK))
"""What a desk may do by itself."""
_NOT_ITS_OWN: Final[Mapping[str, frozenset[str]]] = {
    DeviceKind.KIOSK: _OF_COUNTERS,
    DeviceKind.DESK: _ALL - _CUT_OFF - {NODE_STARTED},
    DeviceKind.BOARD: _ALL - {NODE_STARTED},
}

_KINDS: Final = select(devices.c.device_id, devices.c.kind).where(devices.c.site_id == bindparam("site"))
_KIND: Final = select(devices.c.kind).where(
    devices.c.site_id == bindparam("site"), devices.c.device_id == bindparam("device")
)
"""Built once: SQLAlchemy takes longer to build a statement than SQLite to carry it out."""


def kinds_of(connection: Connection, site_id: str) -> Mapping[str, str]:
    """By device id."""
    return {row.device_id: row.kind for row in connection.execute(_KINDS, {"site": site_id})}


def kind_of(connection: Connection, site_id: str, origin: str) -> str | None:
    return connection.execute(_KIND, {"site": site_id, "device": origin}).scalar_one_or_none()


def may_say(kind: str | None, event_type: str) -> bool:
    return kind is None or event_type not in _NOT_ITS_OWN.get(kind, frozenset())


def heard(event: Event, kind: str | None) -> Effect:
    """What the event changes, said by a device of this kind. Raises NotUnderstoodError."""
    if not may_say(kind, event.type):
        raise NotUnderstoodError(f"{event.type} is not for a {kind} to say")
    effect = effect_of(event)
    if kind == DeviceKind.DESK and isinstance(effect, Action) and effect.follows is not None:
        raise NotUnderstoodError("what follows what is for the site server to say")
    return effect
