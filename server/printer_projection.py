"""How the printers of each kiosk fare, as it said last in its log: the same here and at central."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import Connection

from kiosk.domain.history import Effect, PrinterNews
from server.database import Upsert
from server.parked import Arrival
from server.schema import printers

_KEY: Final = ("site_id", "device_id")
_NEWEST: Final = Upsert(
    printers,
    lambda new: new.on_conflict_do_update(
        index_elements=list(_KEY),
        set_={column.name: new.excluded[column.name] for column in printers.c if column.name not in _KEY},
        where=(printers.c.hlc < new.excluded.hlc)
        | ((printers.c.hlc == new.excluded.hlc) & (printers.c.incarnation < new.excluded.incarnation)),
    ),
)


def apply_printer_news(connection: Connection, site_id: str, known: Sequence[tuple[Arrival, Effect]]) -> None:
    """Of each kiosk the newest counts, in whatever order they come."""
    newest: dict[str, tuple[Arrival, PrinterNews]] = {}
    for arrival, effect in known:
        if not isinstance(effect, PrinterNews):
            continue
        before = newest.get(arrival.event.origin)
        if before is None or _when(before[0]) < _when(arrival):
            newest[arrival.event.origin] = (arrival, effect)
    rows = [
        {
            "site_id": site_id,
            "device_id": origin,
            "hlc": int(arrival.event.hlc, 16),
            "incarnation": arrival.event.incarnation,
            "printer": news.facts.printer,
            "fallback": news.facts.fallback,
            "in_use": news.facts.in_use,
            "confirmation": news.facts.confirmation,
            "slips_left": news.facts.slips_left,
            "paper_low": int(news.facts.is_paper_low),
        }
        for origin, (arrival, news) in sorted(newest.items())
    ]
    if rows:
        _NEWEST.execute(connection, rows)


def _when(arrival: Arrival) -> tuple[str, str]:
    return arrival.event.hlc, arrival.event.incarnation
