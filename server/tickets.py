"""Looking at the tickets that the log adds up to. No personal data is in them, because none is in the log."""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import groupby

from pydantic import AwareDatetime, BaseModel
from sqlalchemy import Connection, Row, select

from server.database import moment
from server.schema import stops, tickets


class StopView(BaseModel):
    service_id: str
    queue_code: str
    state: str


class TicketView(BaseModel):
    """`print_verdict` None: not known yet. `received_at` is this server's clock, `issued_at` the kiosk's."""

    site_id: str
    ticket_id: str
    label: str
    service_day: date
    queue_code: str
    is_priority: bool
    language: str
    issued_at: AwareDatetime
    received_at: AwareDatetime
    print_verdict: str | None
    shown_on_screen: bool
    copies: int
    stops: tuple[StopView, ...]


class TicketList(BaseModel):
    tickets: tuple[TicketView, ...]


def newest_tickets(connection: Connection, site_id: str, service_day: date | None, limit: int) -> TicketList:
    """The last to arrive comes first."""
    chosen = select(tickets).where(tickets.c.site_id == site_id)
    if service_day is not None:
        chosen = chosen.where(tickets.c.service_day == service_day.isoformat())
    newest_first = (tickets.c.received_at_ms.desc(), tickets.c.issued_at_ms.desc(), tickets.c.ticket_id)
    page = chosen.order_by(*newest_first).limit(limit).subquery()
    joined = (
        select(page, stops.c.service_id, stops.c.queue_code.label("stop_queue_code"), stops.c.state)
        .join(stops, (stops.c.site_id == page.c.site_id) & (stops.c.ticket_id == page.c.ticket_id))
        .order_by(page.c.received_at_ms.desc(), page.c.issued_at_ms.desc(), page.c.ticket_id, stops.c.position)
    )
    return TicketList(tickets=tuple(_views(connection.execute(joined).all())))


def _views(rows: Sequence[Row[tuple[object, ...]]]) -> Iterator[TicketView]:
    for _, of_ticket in groupby(rows, key=lambda row: row.ticket_id):
        stop_rows = list(of_ticket)
        row = stop_rows[0]
        yield TicketView(
            site_id=row.site_id,
            ticket_id=row.ticket_id,
            label=row.label,
            service_day=date.fromisoformat(row.service_day),
            queue_code=row.queue_code,
            is_priority=bool(row.is_priority),
            language=row.language,
            issued_at=moment(row.issued_at_ms),
            received_at=moment(row.received_at_ms),
            print_verdict=row.print_verdict,
            shown_on_screen=bool(row.shown_on_screen),
            copies=row.copies,
            stops=tuple(
                StopView(service_id=stop.service_id, queue_code=stop.stop_queue_code, state=stop.state)
                for stop in stop_rows
            ),
        )
