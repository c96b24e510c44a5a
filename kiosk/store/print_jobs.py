"""Slips on their way to paper, durable before any byte goes out. Nothing here prints again by itself."""

from datetime import datetime, timedelta
from typing import Final

from sqlite_utils import Database

from kiosk.clock import Clock
from kiosk.domain.event_bodies import print_finished
from kiosk.domain.events import PRINT_FINISHED
from kiosk.domain.print_job import PrintJob, PrintState
from kiosk.domain.ticket import Ticket, TicketId
from kiosk.faults import fault_point
from kiosk.store.database import transaction
from kiosk.store.log import Node, append
from kiosk.store.tickets import find_ticket
from kiosk.store.writer import Store

PATIENCE: Final = timedelta(seconds=60)
"""A visitor who has waited longer for paper has gone, and the next one must not take the slip."""

_COLUMNS: Final = "id, ticket_id, copy, state, detail, queued_at"


class StoredPrintJobs:
    """What the spooler takes its work from. Every call blocks on the store; final states go into the log."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def take_next(self) -> PrintJob | None:
        """The oldest waiting job, marked SENDING durably. Jobs that waited too long expire on the way."""

        def take(db: Database) -> PrintJob | None:
            with transaction(db):
                self._expire(db)
                row = db.conn.execute(
                    f"UPDATE print_jobs SET state = 'sending' WHERE id = (SELECT min(id) FROM print_jobs"  # noqa: S608  # our own column names
                    f" WHERE state = 'queued') RETURNING {_COLUMNS}"
                ).fetchone()
            return _job(row) if row else None

        job = self._store.call(take)
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

        return self._store.call(settle)

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

        return self._store.call(expire)

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
    return _job(row)


def _job(row: tuple[int, str, int, str, str, str]) -> PrintJob:
    job_id, ticket_id, copy, state, detail, queued_at = row
    return PrintJob(job_id, TicketId(ticket_id), copy, PrintState(state), detail, datetime.fromisoformat(queued_at))
