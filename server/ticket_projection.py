"""What the tickets add up to in the server's tables: one statement for all rows of a kind, however many events.

What a batch tells about its own tickets' paper is joined before anything is written: most tickets are written once.
"""

import json
from collections import Counter
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import Connection, bindparam, select, update

from kiosk.domain.course import Action
from kiosk.domain.history import (
    DayOpened,
    Effect,
    IssuedTicket,
    NotUnderstoodError,
    Paper,
    PaperNews,
    StopRow,
    effect_of,
)
from kiosk.domain.ticket import StopState
from server.course_projection import Acted, insert_actions, rebuild_courses
from server.courses import closed_among, paper_of
from server.database import insert_many, upsert
from server.parked import Arrival, awaiting, release
from server.queue_counts import count_issued
from server.schema import service_days, stops, tickets
from server.tallies import Tally, count

_TOLD: Final = (
    update(tickets)
    .where(tickets.c.site_id == bindparam("of_site"), tickets.c.ticket_id == bindparam("of_ticket"))
    .values(
        copies=bindparam("new_copies"),
        print_copy=bindparam("new_copy"),
        print_verdict=bindparam("new_verdict"),
        shown_on_screen=bindparam("new_shown"),
        may_be_out=bindparam("new_out"),
        is_abandoned=bindparam("new_abandoned"),
    )
)
_PAPER: Final = select(
    tickets.c.ticket_id,
    tickets.c.copies,
    tickets.c.print_copy,
    tickets.c.print_verdict,
    tickets.c.shown_on_screen,
    tickets.c.may_be_out,
    tickets.c.is_abandoned,
)
"""Built once: SQLAlchemy takes longer to build a statement than SQLite to carry it out."""

_WAITING: Final = StopState.WAITING.value
_PENDING: Final = StopState.PENDING.value


@dataclass(slots=True)
class _Sum:
    issued: dict[str, tuple[IssuedTicket, Arrival]] = field(default_factory=dict)
    papers: dict[str, Paper] = field(default_factory=dict)
    told: dict[str, list[Arrival]] = field(default_factory=dict)
    verdicts: list[tuple[str, str]] = field(default_factory=list)
    days: dict[str, Arrival] = field(default_factory=dict)
    acted: list[Acted] = field(default_factory=list)


def apply_effects(
    connection: Connection, site_id: str, known: Sequence[tuple[Arrival, Effect]]
) -> Sequence[tuple[Arrival, str]]:
    """Writes what they add up to. Those that speak of a ticket which is not known yet come back with its id.

    Raises IntegrityError where a ticket or a label is there already.
    """
    total = _add_up(known)
    if total.issued:
        _join_awaiting(connection, site_id, total)
        _insert(connection, site_id, total)
    touched = _touched_at_once(connection, site_id, total)
    told = {key: paper for key, paper in total.papers.items() if key not in total.issued}
    unknown = _tell(connection, site_id, told, touched)
    early = _act(connection, site_id, total, touched)
    if touched:
        rebuild_courses(connection, site_id, touched)
    for day, arrival in total.days.items():
        row = {"site_id": site_id, "service_day": day, "origin": arrival.event.origin}
        connection.execute(upsert(connection, service_days).values(row).on_conflict_do_nothing())
    _count(connection, site_id, total, set(unknown))
    return [(arrival, ticket_id) for ticket_id in unknown for arrival in total.told[ticket_id]] + early


def _add_up(known: Sequence[tuple[Arrival, Effect]]) -> _Sum:
    total = _Sum()
    for arrival, effect in known:
        if isinstance(effect, IssuedTicket):
            if effect.ticket_id in total.issued:
                raise NotUnderstoodError(f"ticket {effect.ticket_id} was issued already")
            total.issued[effect.ticket_id] = (effect, arrival)
        elif isinstance(effect, PaperNews):
            total.papers[effect.ticket_id] = total.papers.get(effect.ticket_id, Paper()).joined(effect.paper)
            total.told.setdefault(effect.ticket_id, []).append(arrival)
            _note_verdict(total, effect)
        elif isinstance(effect, DayOpened):
            total.days.setdefault(effect.service_day, arrival)
        elif isinstance(effect, Action):
            total.acted.append((arrival, effect))
    return total


def _join_awaiting(connection: Connection, site_id: str, total: _Sum) -> None:
    """What had come before its ticket, through another origin."""
    released = []
    for parked in awaiting(connection, site_id, total.issued):
        effect = effect_of(parked.arrival.event)
        if isinstance(effect, PaperNews):
            total.papers[effect.ticket_id] = total.papers.get(effect.ticket_id, Paper()).joined(effect.paper)
            released.append(parked.arrival.event)
            _note_verdict(total, effect)
        elif isinstance(effect, Action):
            total.acted.append((parked.arrival, effect))
            released.append(parked.arrival.event)
    release(connection, site_id, released)


def _note_verdict(total: _Sum, news: PaperNews) -> None:
    if news.paper.verdict is not None:
        total.verdicts.append((news.ticket_id, news.paper.verdict))


def _count(connection: Connection, site_id: str, total: _Sum, unknown: Container[str]) -> None:
    """What is told of an unknown ticket is told again when that one comes."""
    issued = Counter(str(ticket.series) for ticket, _ in total.issued.values())
    count(connection, site_id, Tally.TICKETS_ISSUED, issued)
    verdicts = Counter(verdict for ticket_id, verdict in total.verdicts if ticket_id not in unknown)
    count(connection, site_id, Tally.PRINT_VERDICTS, verdicts)


def _insert(connection: Connection, site_id: str, total: _Sum) -> None:
    rows, stop_rows = [], []
    lines: Counter[tuple[str, str]] = Counter()
    for ticket, arrival in total.issued.values():
        paper = total.papers.get(ticket.ticket_id, Paper())
        rows.append(_ticket_row(site_id, ticket, paper, arrival))
        stop_rows += [_stop_row(site_id, ticket, stop) for stop in ticket.stops]
        lines.update((ticket.service_day, code) for code in {stop.queue_code for stop in ticket.stops})
    insert_many(connection, tickets, rows)
    insert_many(connection, stops, stop_rows)
    count_issued(connection, site_id, lines)


def _touched_at_once(connection: Connection, site_id: str, total: _Sum) -> set[str]:
    """Of the new tickets those that do not stand as they were issued: nobody holds them, or their day is over."""
    if not total.issued:
        return set()
    closed = closed_among(connection, site_id, {ticket.service_day for ticket, _ in total.issued.values()})
    return {
        ticket_id
        for ticket_id, (ticket, _) in total.issued.items()
        if ticket.service_day in closed or total.papers.get(ticket_id, Paper()).is_ghost
    }


def _act(connection: Connection, site_id: str, total: _Sum, touched: set[str]) -> list[tuple[Arrival, str]]:
    """Keeps what was done to known tickets; the rest comes back with the id that it awaits."""
    if not total.acted:
        return []
    ids = {action.ticket_id for _, action in total.acted} - total.issued.keys()
    query = select(tickets.c.ticket_id).where(tickets.c.site_id == site_id, tickets.c.ticket_id.in_(sorted(ids)))
    known = total.issued.keys() | connection.execute(query).scalars()
    insert_actions(connection, site_id, [one for one in total.acted if one[1].ticket_id in known])
    touched.update(action.ticket_id for _, action in total.acted if action.ticket_id in known)
    return [(arrival, action.ticket_id) for arrival, action in total.acted if action.ticket_id not in known]


def _ticket_row(site_id: str, ticket: IssuedTicket, paper: Paper, arrival: Arrival) -> Mapping[str, Any]:
    return {
        "site_id": site_id,
        "ticket_id": ticket.ticket_id,
        "origin": arrival.event.origin,
        "service_day": ticket.service_day,
        "series": ticket.series,
        "queue_code": ticket.queue_code,
        "number": ticket.number,
        "label": ticket.label,
        "is_priority": int(ticket.is_priority),
        "language": ticket.language,
        "issued_at_ms": ticket.issued_at_ms,
        "received_at_ms": arrival.received_at_ms,
        "effective_at_ms": arrival.effective_at_ms,
        "sequence": arrival.event.sequence,
        "copies": paper.copies,
        "print_copy": paper.print_copy,
        "print_verdict": paper.verdict,
        "shown_on_screen": int(paper.is_shown),
        "may_be_out": int(paper.may_be_out),
        "is_abandoned": int(paper.is_abandoned),
        "has_priority": int(ticket.is_priority),
    }


def _stop_row(site_id: str, ticket: IssuedTicket, stop: StopRow) -> Mapping[str, Any]:
    """Nothing of it is closed yet, so whatever must come after anything is pending (kiosk/domain/course.py)."""
    return {
        "site_id": site_id,
        "ticket_id": ticket.ticket_id,
        "position": stop.position,
        "service_id": stop.service_id,
        "queue_code": stop.queue_code,
        "state": _PENDING if stop.after else _WAITING,
        "issued_state": stop.state,
        "service_day": ticket.service_day,
        "after": json.dumps(stop.after, separators=(",", ":")) if stop.after else "[]",
        "promised_low_s": stop.promised_low_s,
        "promised_high_s": stop.promised_high_s,
    }


def _tell(connection: Connection, site_id: str, papers: Mapping[str, Paper], touched: set[str]) -> Sequence[str]:
    """Joins them to the tickets that are known; the ids of the others. `touched`: gets those of whom it makes a
    difference to their stops.
    """
    if not papers:
        return ()
    ids = sorted(papers)  # one order for all, so that two writers cannot wait for each other
    query = _PAPER.where(tickets.c.site_id == site_id, tickets.c.ticket_id.in_(ids)).order_by(tickets.c.ticket_id)
    found = connection.execute(query.with_for_update()).all()
    changes = []
    for row in found:
        paper = paper_of(row)
        joined = paper.joined(papers[row.ticket_id])
        changes.append(
            {
                "of_site": site_id,
                "of_ticket": row.ticket_id,
                "new_copies": joined.copies,
                "new_copy": joined.print_copy,
                "new_verdict": joined.verdict,
                "new_shown": int(joined.is_shown),
                "new_out": int(joined.may_be_out),
                "new_abandoned": int(joined.is_abandoned),
            }
        )
        if joined.is_ghost != paper.is_ghost:
            touched.add(row.ticket_id)
    if changes:
        connection.execute(_TOLD, changes)
    known = {row.ticket_id for row in found}
    return [ticket_id for ticket_id in ids if ticket_id not in known]
