"""Counters, queues that are closed, days that are over: as their newest events say, in whatever order these come."""

import json
from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Connection, bindparam, delete, select, update

from kiosk.domain.deeds import AlarmNews, CounterNews, DayClosed, QueueNews
from kiosk.domain.history import Effect
from kiosk.domain.stop_life import OPEN
from kiosk.domain.ticket import StopState
from server.database import Upsert, upsert
from server.parked import Arrival
from server.schema import closed_days, counters, notes, paper_visits, queue_closures, queues, stops, tickets

_COUNTER: Final = select(counters).where(
    counters.c.site_id == bindparam("of_site"), counters.c.counter == bindparam("of_counter")
)
_CLOSURES_KEY: Final = ["site_id", "service_day", "queue_code"]
_CLOSURE: Final = Upsert(
    queue_closures,
    lambda new: new.on_conflict_do_update(
        index_elements=_CLOSURES_KEY,
        set_={name: new.excluded[name] for name in ("is_closed", "hlc", "incarnation")},
        where=(queue_closures.c.hlc < new.excluded.hlc)
        | ((queue_closures.c.hlc == new.excluded.hlc) & (queue_closures.c.incarnation < new.excluded.incarnation)),
    ),
)


def apply_hall_news(connection: Connection, site_id: str, known: Sequence[tuple[Arrival, Effect]]) -> None:
    for _, effect in known:
        if isinstance(effect, CounterNews):
            _counter(connection, site_id, effect)
        elif isinstance(effect, AlarmNews):
            _alarm(connection, site_id, effect)
        elif isinstance(effect, QueueNews):
            _queue(connection, site_id, effect)
        elif isinstance(effect, DayClosed):
            _close_day(connection, site_id, effect.service_day)


def _counter(connection: Connection, site_id: str, news: CounterNews) -> None:
    """A break and an end keep the queues that the newest opening told, whichever of them comes first."""
    row = _row(connection, site_id, news.counter)
    (hlc, incarnation), facts = news.stamp, dict[str, Any]()
    state = None if row is None else row.state
    if row is None or (row.hlc, row.incarnation) < news.stamp:
        state = news.state
        facts = {"state": state, "since_ms": hlc >> 16, "hlc": hlc, "incarnation": incarnation}
        facts["officer"] = None if state == "closed" else news.officer
    if news.state == "open" and (row is None or row.opened_hlc < hlc):
        facts |= {"queues": json.dumps(news.queues, separators=(",", ":")), "opened_hlc": hlc}
        facts["device_id"] = news.device_id
    if state == "closed":
        facts["device_id"] = None
    _keep(connection, site_id, news.counter, facts)


def _alarm(connection: Connection, site_id: str, news: AlarmNews) -> None:
    """A counter that nothing else is known of calls for help all the same."""
    row = _row(connection, site_id, news.counter)
    raised_at_ms = None if row is None else row.alarm_at_ms
    if news.is_raised:
        _keep(connection, site_id, news.counter, {"alarm_at_ms": max(raised_at_ms or 0, news.at_ms)})
    elif raised_at_ms is not None and raised_at_ms <= news.at_ms:
        _keep(connection, site_id, news.counter, {"alarm_at_ms": None})


def _row(connection: Connection, site_id: str, counter: int) -> Any:
    return connection.execute(_COUNTER, {"of_site": site_id, "of_counter": counter}).one_or_none()


def _keep(connection: Connection, site_id: str, counter: int, facts: dict[str, Any]) -> None:
    """`hlc` 0 of a new row: whatever is told of the counter itself is newer."""
    unknown = {"state": "closed", "queues": "[]", "since_ms": 0, "hlc": 0, "incarnation": ""}
    new = upsert(connection, counters).values({"site_id": site_id, "counter": counter} | unknown | facts)
    connection.execute(new.on_conflict_do_update(index_elements=["site_id", "counter"], set_=facts))


def _queue(connection: Connection, site_id: str, news: QueueNews) -> None:
    hlc, incarnation = news.stamp
    row = dict(zip(_CLOSURES_KEY, (site_id, news.service_day, news.queue_code), strict=True))
    _CLOSURE.execute(connection, row | {"is_closed": int(news.is_closed), "hlc": hlc, "incarnation": incarnation})


def _close_day(connection: Connection, site_id: str, day: str) -> None:
    """All at once, as each ticket's course would say it; tickets of that day that come later find it closed. What
    officers wrote about visitors goes with the day.
    """
    row = {"site_id": site_id, "service_day": day}
    connection.execute(upsert(connection, closed_days).values(row).on_conflict_do_nothing())
    expired = {"state": StopState.EXPIRED.value, "active_counter": None}
    of_day = (stops.c.site_id == site_id, stops.c.service_day == day)
    connection.execute(update(stops).where(*of_day, stops.c.state.in_(sorted(OPEN))).values(expired))
    connection.execute(update(queues).where(queues.c.site_id == site_id, queues.c.service_day == day).values(waiting=0))
    these = select(tickets.c.ticket_id).where(tickets.c.site_id == site_id, tickets.c.service_day == day)
    connection.execute(delete(notes).where(notes.c.site_id == site_id, notes.c.ticket_id.in_(these)))
    of_paper = (paper_visits.c.site_id == site_id, paper_visits.c.service_day == day)
    connection.execute(delete(paper_visits).where(*of_paper))
