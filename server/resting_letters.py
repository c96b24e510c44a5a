"""Which letters no further kiosk may get for now: they stand on paper of the present day.

A kiosk that comes in another's place counts from 1 in its letter's series, and the visitors of the other one still hold
its labels. Nobody knows them all: what a broken disk printed last may never arrive.
"""

from datetime import timedelta
from typing import Final

from sqlalchemy import Connection, func, select

from kiosk.domain.numbering import letter_of
from kiosk.domain.ticket import SHARED_SERIES
from kiosk.sync.wire import DeviceKind
from server.schema import devices, tickets

_RESTS_MS: Final = timedelta(days=2) // timedelta(milliseconds=1)
"""A service day ends within it, whatever the hour."""


def resting_letters(connection: Connection, site_id: str, besides: str, now_ms: int) -> frozenset[str]:
    """Those of kiosks that were shut out lately, and those on tickets of the newest day; not the device's own
    (`besides`).
    """
    shut_out = select(devices.c.letter).where(
        devices.c.site_id == site_id,
        devices.c.kind == DeviceKind.KIOSK,
        devices.c.device_id != besides,
        devices.c.letter.is_not(None),
        devices.c.revoked_at_ms > now_ms - _RESTS_MS,
    )
    letters = connection.execute(shut_out).scalars().all()
    newest = select(func.max(tickets.c.service_day)).where(tickets.c.site_id == site_id).scalar_subquery()
    printed = select(tickets.c.series).where(
        tickets.c.site_id == site_id,
        tickets.c.service_day == newest,
        tickets.c.series != SHARED_SERIES,
        tickets.c.origin != besides,
    )
    series = connection.execute(printed.distinct()).scalars().all()
    return frozenset((*letters, *map(letter_of, series)))
