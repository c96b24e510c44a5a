"""Slips on their way to paper, durable before any byte goes out. Nothing here prints again by itself."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

import structlog
from sqlite_utils import Database

from kiosk.clock import Clock
from kiosk.domain.event_bodies import print_finished
from kiosk.domain.events import PRINT_FINISHED
from kiosk.domain.history import Paper
from kiosk.domain.print_job import PrintJob, PrintState
from kiosk.domain.ticket import Ticket, TicketId
from kiosk.faults import fault_point
from kiosk.store.database import transaction
from kiosk.store.log import Node, append
from kiosk.store.papers import abandon, note_paper, tickets_without_paper
from kiosk.store.tickets import find_ticket
from kiosk.store.writer import Store

_log = structlog.get_logger(__name__)

ABANDONED_AFTER: Final = timedelta(seconds=90)
"""Without a slip and off the screen: so long after the last verdict, or the start, nobody holds the number."""

_ABANDONED_AT_ONCE: Final = 100

PATIENCE: Final = timedelta(seconds=60)
"""A visitor who has waited longer for paper has gone, and the next one must not take the slip."""

_COLUMNS: Final = "id, ticket_id, copy, state, detail, queued_at"


class StoredPrintJobs:
    """What the spooler takes its work from. Every call blocks on the store; final states go into the log."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._lost: dict[TicketId, float] | None = None

    def take_next(self) -> PrintJob | None:
        """The oldest waiting job, marked SENDING durably. Jobs that waited too long expire on the way."""
        expired: tuple[PrintJob, ...] = ()

        def take(db: Database) -> PrintJob | None:
            nonlocal expired
            with transaction(db):
                expired = self._expire(db)
                row = db.conn.execute(
                    f"UPDATE print_jobs SET state = 'sending' WHERE id = (SELECT min(id) FROM print_jobs"  # noqa: S608  # our own column names
                    f" WHERE state = 'queued') RETURNING {_COLUMNS}"
                ).fetchone()
            return _job(row) if row else None

        job = self._store.call(take)
        for each in expired:
            self._noted(each)
        if job is not None:
            fault_point("print.marked_sending")
        return job

    def finish(self, job_id: int, state: PrintState, detail: str = "") -> PrintJob:
        """Record what became of a job that was taken. Raises ValueError for any other, or a state that is not final."""
        if not state.is_final:
            raise ValueError(f"{state} is not final")

        def settle(db: Database) -> PrintJob:
            with transaction(db):
                row = db.conn.execute(
                    f"SELECT {_COLUMNS} FROM print_jobs WHERE id = ? AND state = 'sending'",  # noqa: S608  # our own column names
                    (job_id,),
                ).fetchone()
                if row is None:
                    raise ValueError(f"print job {job_id} is not being sent")
                job = _settle(db, self._store.node, _job(row), state, detail)
                fault_point("print.before_verdict")
            return job

        return self._noted(self._store.call(settle))

    def ticket(self, ticket_id: TicketId) -> Ticket:
        """The ticket of a job, as it was issued. Raises KeyError for an unknown id."""
        ticket = self._store.call(lambda db: find_ticket(db, ticket_id))
        if ticket is None:
            raise KeyError(ticket_id)
        return ticket

    def recover(self) -> tuple[PrintJob, ...]:
        """At start, before anything prints: what was under way is unknown, what waited has expired."""

        def settle_all(db: Database) -> tuple[PrintJob, ...]:
            with transaction(db):
                return tuple(
                    _settle(db, self._store.node, job, _AFTER_RESTART[job.state], "the kiosk was restarted")
                    for job in _in_flight(db)
                )

        return self._store.call(settle_all)

    def expire(self) -> tuple[PrintJob, ...]:
        """Give up the jobs that have waited longer than PATIENCE."""

        def expire(db: Database) -> tuple[PrintJob, ...]:
            with transaction(db):
                return self._expire(db)

        return tuple(map(self._noted, self._store.call(expire)))

    def abandon(self) -> tuple[TicketId, ...]:
        """Take the tickets that nobody holds out of their queues: no slip of them came out, they are on no screen and
        were not taken from one, and ABANDONED_AFTER has passed. After a restart it is counted from the first call.
        """
        now = self._clock.monotonic()
        if self._lost is None:
            self._lost = dict.fromkeys(self._store.call(tickets_without_paper), now)
        due = [
            ticket_id
            for ticket_id, since in self._lost.items()
            if now - since >= ABANDONED_AFTER.total_seconds() and not self._store.held.is_held(ticket_id)
        ][:_ABANDONED_AT_ONCE]
        if not due:
            return ()
        gone = self._store.call(lambda db: abandon(db, self._store.node, due))
        for ticket_id in due:
            del self._lost[ticket_id]
        if gone:
            _log.info("tickets_abandoned", count=len(gone))
        return gone

    def _noted(self, job: PrintJob) -> PrintJob:
        """Its ticket may come to be abandoned, so long after this."""
        if job.state.is_lost and self._lost is not None:
            self._lost[job.ticket_id] = self._clock.monotonic()
        return job

    def _expire(self, db: Database) -> tuple[PrintJob, ...]:
        oldest = self._clock.monotonic() - PATIENCE.total_seconds()
        return tuple(
            _settle(db, self._store.node, job, PrintState.EXPIRED, "the printer was not ready in time")
            for job in _in_flight(db, queued_before=oldest)
        )


def insert_job(db: Database, ticket_id: TicketId, copy: int, queued_at: datetime, monotonic: float) -> PrintJob:
    """Queue a slip, inside the caller's transaction."""
    row = db.conn.execute(
        "INSERT INTO print_jobs (ticket_id, copy, state, detail, queued_at, queued_monotonic)"  # noqa: S608  # our own column names
        f" VALUES (?, ?, 'queued', '', ?, ?) RETURNING {_COLUMNS}",
        (ticket_id, copy, queued_at.isoformat(), monotonic),
    ).fetchone()
    return _job(row)


def queue_again(db: Database, job: PrintJob, queued_at: datetime, monotonic: float) -> PrintJob:
    """The same slip once more, inside the caller's transaction: of what certainly did not come out."""
    row = db.conn.execute(
        "UPDATE print_jobs SET state = 'queued', detail = '', queued_at = ?, queued_monotonic = ?,"  # noqa: S608  # our own column names
        f" times_again = times_again + 1 WHERE id = ? AND state IN ('failed', 'expired') RETURNING {_COLUMNS}",
        (queued_at.isoformat(), monotonic, job.id),
    ).fetchone()
    return _job(row)


def times_again(db: Database, job: PrintJob) -> int:
    """How often this slip was queued again."""
    (times,) = db.conn.execute("SELECT times_again FROM print_jobs WHERE id = ?", (job.id,)).fetchone()
    return int(times)


def newest_first_slip(db: Database) -> PrintJob | None:
    """The first slip of the ticket that was issued here last."""
    row = db.conn.execute(f"SELECT {_COLUMNS} FROM print_jobs WHERE copy = 0 ORDER BY id DESC LIMIT 1").fetchone()  # noqa: S608  # our own column names
    return _job(row) if row else None


def recovered(job: PrintJob) -> PrintJob:
    """What `recover` makes of a job that an earlier run left behind."""
    return replace(job, state=_AFTER_RESTART.get(job.state, job.state))


def jobs_of(db: Database, ticket_id: TicketId) -> tuple[PrintJob, ...]:
    """All slips of a ticket, the first one first."""
    rows = db.conn.execute(
        f"SELECT {_COLUMNS} FROM print_jobs WHERE ticket_id = ? ORDER BY copy",  # noqa: S608  # our own column names
        (ticket_id,),
    )
    return tuple(_job(row) for row in rows.fetchall())


_AFTER_RESTART: Final = {PrintState.SENDING: PrintState.UNKNOWN, PrintState.QUEUED: PrintState.EXPIRED}


def is_printing(db: Database) -> bool:
    """Whether a slip waits or is on its way."""
    return bool(_in_flight(db))


def _in_flight(db: Database, queued_before: float | None = None) -> tuple[PrintJob, ...]:
    """Jobs without a final state; with `queued_before`, only those that wait since before that monotonic time."""
    rows = db.conn.execute(
        f"SELECT {_COLUMNS} FROM print_jobs WHERE state IN ('queued', 'sending')"  # noqa: S608  # our own column names
        " AND (?1 IS NULL OR (state = 'queued' AND queued_monotonic < ?1)) ORDER BY id",
        (queued_before,),
    )
    return tuple(_job(row) for row in rows.fetchall())


def _settle(db: Database, node: Node, job: PrintJob, state: PrintState, detail: str) -> PrintJob:
    row = db.conn.execute(
        f"UPDATE print_jobs SET state = ?, detail = ? WHERE id = ? RETURNING {_COLUMNS}",  # noqa: S608  # our own column names
        (state, detail, job.id),
    ).fetchone()
    append(db, node, PRINT_FINISHED, print_finished(job.ticket_id, job.copy, state))
    note_paper(db, job.ticket_id, Paper(may_be_out=state.may_be_out))
    return _job(row)


def _job(row: tuple[int, str, int, str, str, str]) -> PrintJob:
    job_id, ticket_id, copy, state, detail, queued_at = row
    return PrintJob(job_id, TicketId(ticket_id), copy, PrintState(state), detail, datetime.fromisoformat(queued_at))
