"""The calls of a hall, as boards show them: read from the tables of what was done and of how it stands now.

A recall is a call of its own, so that boards flash and speak again; what was undone or refused is none at all.
"""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Row, Select, and_, select

from kiosk.domain.stop_life import Verb
from kiosk.domain.ticket import StopState
from kiosk.sync.desk_wire import Call
from server.database import milliseconds, moment
from server.hall import Hall
from server.schema import actions, stops, tickets

SHOWN_BEFORE: Final = 8
_LOOKED_AT: Final = 120
"""Of the newest calls: recalls and those who are still called leave fewer."""
_CALLS: Final = (Verb.CALL.value, Verb.RECALL.value)
_HLC_BITS: Final = 16
"""Of a hybrid stamp, below its milliseconds."""

_AnyRow = Row[*tuple[Any, ...]]


def newest_calls(connection: Connection, site_id: str, hall: Hall, ticket_ids: Collection[str]) -> Sequence[Call]:
    """Of each of these tickets its newest call, if it was ever called. One that was undone is over."""
    rows = connection.execute(_query(site_id).where(actions.c.ticket_id.in_(sorted(ticket_ids)))).all()
    newest: dict[str, _AnyRow] = {}
    for row in rows:
        newest.setdefault(row.ticket_id, row)
    return _calls(connection, site_id, hall, list(newest.values()))


def called_now(connection: Connection, site_id: str, hall: Hall, counters: Collection[int] | None) -> Sequence[Call]:
    """Who is called and has not come yet, the newest first. `counters` None: anywhere."""
    at_counters = select(stops.c.ticket_id).where(
        stops.c.site_id == site_id, stops.c.active_counter.is_not(None), stops.c.state == StopState.CALLED.value
    )
    if counters is not None:
        at_counters = at_counters.where(stops.c.active_counter.in_(sorted(counters)))
    ids = connection.execute(at_counters).scalars().all()
    rows = connection.execute(_query(site_id).where(actions.c.ticket_id.in_(ids), actions.c.is_undone == 0)).all()
    newest: dict[str, _AnyRow] = {}
    for row in rows:
        newest.setdefault(row.ticket_id, row)
    return [call for call in _calls(connection, site_id, hall, list(newest.values())) if not call.is_over]


def called_before(  # noqa: PLR0913  # where, when, and what to leave out
    connection: Connection,
    site_id: str,
    service_day: str,
    hall: Hall,
    *,
    counters: Collection[int] | None,
    besides: Iterable[Call],
) -> Sequence[Call]:
    """The last calls of that day, the newest first and each visitor once a counter, without those that are shown."""
    query = before_query(site_id, service_day)
    if counters is not None:
        query = query.where(actions.c.counter.in_(sorted(counters)))
    shown = {(call.label, call.counter) for call in besides}
    found: list[_AnyRow] = []
    for row in connection.execute(query.limit(_LOOKED_AT)):
        if (row.label, row.counter) not in shown and len(found) < SHOWN_BEFORE:
            shown.add((row.label, row.counter))
            found.append(row)
    return [call.model_copy(update={"is_over": True}) for call in _calls(connection, site_id, hall, found)]


def before_query(site_id: str, service_day: str) -> Select[*tuple[Any, ...]]:
    """Of the calls of 90 days only the newest are looked at: wherever on earth the hall stands, its day began later."""
    began = datetime.combine(date.fromisoformat(service_day), time(), UTC) - timedelta(days=1)
    return _query(site_id).where(
        actions.c.is_undone == 0,
        actions.c.hlc >= milliseconds(began) << _HLC_BITS,
        tickets.c.service_day == service_day,
    )


def _query(site_id: str) -> Select[*tuple[Any, ...]]:
    """The newest first."""
    return (
        select(
            actions.c.ticket_id,
            actions.c.action,
            actions.c.verb,
            actions.c.hlc,
            actions.c.counter,
            actions.c.body,
            actions.c.is_undone,
            tickets.c.label,
            tickets.c.language,
            tickets.c.queue_code,
        )
        .join(tickets, and_(tickets.c.site_id == actions.c.site_id, tickets.c.ticket_id == actions.c.ticket_id))
        .where(actions.c.site_id == site_id, actions.c.verb.in_(_CALLS), actions.c.is_refused == 0)
        .order_by(actions.c.hlc.desc(), actions.c.sequence.desc())
    )


def _calls(connection: Connection, site_id: str, hall: Hall, rows: Sequence[_AnyRow]) -> Sequence[Call]:
    """In their order."""
    of_tickets = select(
        stops.c.ticket_id, stops.c.position, stops.c.queue_code, stops.c.state, stops.c.counter, stops.c.calls
    ).where(stops.c.site_id == site_id, stops.c.ticket_id.in_({row.ticket_id for row in rows}))
    found = connection.execute(of_tickets).all() if rows else []
    by_position = {(stop.ticket_id, stop.position): stop for stop in found}
    return [_call(hall, row, by_position) for row in rows]


def _call(hall: Hall, row: _AnyRow, by_position: Mapping[tuple[str, int], _AnyRow]) -> Call:
    stop = by_position.get((row.ticket_id, json.loads(row.body).get("position")))
    is_open = stop is not None and stop.state == StopState.CALLED.value and stop.counter == row.counter
    place = hall.place_of(row.counter)
    return Call(
        call=row.action,
        label=row.label,
        counter=row.counter,
        floor=place.floor,
        zone=place.zone,
        queue=row.queue_code if stop is None else stop.queue_code,
        language=row.language,
        called_at=moment(row.hlc >> _HLC_BITS),
        turn=max(1, stop.calls if stop is not None else 1),
        is_over=bool(row.is_undone) or not is_open,
    )
