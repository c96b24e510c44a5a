"""Adding up a log of any length anew, from its events alone: on the disk, in constant memory.

Whoever checks or rebuilds compares its own tables with this.
"""

import json
from collections.abc import Container, Generator, Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, NamedTuple, Self

from pysqlite3 import dbapi2

from kiosk.domain.course import Action, CourseStop, Issued, course_of
from kiosk.domain.course_row import course_row
from kiosk.domain.deeds import DayClosed
from kiosk.domain.events import Event, decode, encode
from kiosk.domain.history import (
    DayOpened,
    IssuedTicket,
    NotUnderstoodError,
    Paper,
    PaperNews,
    canonical_paper,
    canonical_row,
    canonical_ticket,
    effect_of,
    standing,
    ticket_of_canonical,
)
from kiosk.domain.ticket import StopState

_TABLES: Final = """
    PRAGMA journal_mode = OFF;
    PRAGMA synchronous = OFF;
    PRAGMA cache_size = -4000;
    CREATE TABLE tickets (
        ticket_id TEXT, origin TEXT, ticket BLOB, afters TEXT, PRIMARY KEY (ticket_id, origin)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE papers (
        ticket_id TEXT PRIMARY KEY, copies INTEGER, print_copy INTEGER, verdict TEXT, is_shown INTEGER,
        may_be_out INTEGER, is_abandoned INTEGER
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE days (day TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
    CREATE TABLE closed_days (day TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
    CREATE TABLE actions (
        ticket_id TEXT, origin TEXT, incarnation TEXT, sequence INTEGER, raw BLOB,
        PRIMARY KEY (ticket_id, origin, incarnation, sequence)
    ) STRICT, WITHOUT ROWID;
"""

_PAPER: Final = "copies, print_copy, verdict, is_shown, may_be_out, is_abandoned"


class ReplayedTicket(NamedTuple):
    """`row`: as kiosk.domain.history.canonical_row writes it; `course`: as kiosk.domain.course_row."""

    ticket_id: str
    origin: str
    row: bytes
    course: bytes


class Replay:
    """Of one site. `with Replay() as replay: replay.add(event) ...`; its file goes with it."""

    def __init__(self) -> None:
        # A file of our own: what SQLite calls temporary, this build of it keeps in memory (TEMP_STORE=3).
        self._folder = TemporaryDirectory(prefix="giliran-")
        self._db = dbapi2.connect(str(Path(self._folder.name) / "replay.db"), isolation_level=None)
        self._db.executescript(_TABLES)
        self._db.execute("BEGIN")
        self.not_understood = 0

    def add(self, event: Event) -> None:
        """What this program does not understand makes no row, as on every node of its version."""
        try:
            effect = effect_of(event)
        except NotUnderstoodError:
            self.not_understood += 1
            return
        if isinstance(effect, IssuedTicket):
            self._issue(event.origin, effect)
        elif isinstance(effect, PaperNews):
            self._tell(effect)
        elif isinstance(effect, DayOpened):
            self._db.execute("INSERT OR IGNORE INTO days VALUES (?)", (effect.service_day,))
        elif isinstance(effect, DayClosed):
            self._db.execute("INSERT OR IGNORE INTO closed_days VALUES (?)", (effect.service_day,))
        elif isinstance(effect, Action):
            row = (effect.ticket_id, event.origin, event.incarnation, event.sequence, encode(event))
            self._db.execute("INSERT OR IGNORE INTO actions VALUES (?, ?, ?, ?, ?)", row)

    def tickets(self, *, with_courses: bool = False) -> Generator[ReplayedTicket, None, None]:
        """By ticket id, then origin. A kiosk knows nothing of courses, and leaves them empty."""
        rows = self._db.execute(
            f"SELECT ticket_id, origin, ticket, afters, {_PAPER}"  # noqa: S608  # our own column names
            " FROM tickets LEFT JOIN papers USING (ticket_id) ORDER BY ticket_id, origin"
        )
        closed = frozenset(day for (day,) in self._db.execute("SELECT day FROM closed_days"))
        with closing(rows):
            for ticket_id, origin, ticket, afters, *columns in rows:
                paper = _paper(columns)
                row = _ghost_row(ticket, paper) if paper.is_ghost else ticket + b" " + canonical_paper(paper)
                course = self._course(ticket, afters, paper, closed) if with_courses else b""
                yield ReplayedTicket(ticket_id, origin, row, course)

    def _course(self, raw: bytes, afters: str, paper: Paper, closed: Container[str]) -> bytes:
        ticket = ticket_of_canonical(raw)
        stops = tuple(
            CourseStop(stop.position, stop.service_id, stop.queue_code, tuple(after), StopState(stop.state))
            for stop, after in zip(ticket.stops, json.loads(afters), strict=True)
        )
        issued = Issued(stops, ticket.is_priority, paper.is_ghost, ticket.service_day in closed)
        return course_row(ticket.ticket_id, course_of(issued, self._actions(ticket.ticket_id)))

    def _actions(self, ticket_id: str) -> Iterator[Action]:
        for (raw,) in self._db.execute("SELECT raw FROM actions WHERE ticket_id = ?", (ticket_id,)):
            event = decode(raw)
            effect = effect_of(event) if isinstance(event, Event) else None
            if isinstance(effect, Action):
                yield effect

    def ghosts(self) -> Iterator[str]:
        """Ids of the tickets that nobody can hold."""
        query = "SELECT ticket_id FROM papers WHERE is_abandoned AND NOT is_shown AND NOT may_be_out"
        for (ticket_id,) in self._db.execute(query):
            yield ticket_id

    def days(self) -> Iterator[str]:
        for (day,) in self._db.execute("SELECT day FROM days ORDER BY day"):
            yield day

    def count_tickets(self) -> int:
        (count,) = self._db.execute("SELECT count(*) FROM tickets").fetchone()
        return int(count)

    def close(self) -> None:
        self._db.close()
        self._folder.cleanup()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _issue(self, origin: str, ticket: IssuedTicket) -> None:
        afters = json.dumps([stop.after for stop in ticket.stops])
        row = (ticket.ticket_id, origin, canonical_ticket(ticket), afters)
        self._db.execute("INSERT OR IGNORE INTO tickets VALUES (?, ?, ?, ?)", row)

    def _tell(self, news: PaperNews) -> None:
        known = self._db.execute(
            f"SELECT {_PAPER} FROM papers WHERE ticket_id = ?",  # noqa: S608  # our own column names
            (news.ticket_id,),
        ).fetchone()
        paper = _paper(known or (None,) * 6).joined(news.paper)
        self._db.execute(
            "REPLACE INTO papers VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                news.ticket_id,
                paper.copies,
                paper.print_copy,
                paper.verdict,
                int(paper.is_shown),
                int(paper.may_be_out),
                int(paper.is_abandoned),
            ),
        )


def _paper(columns: Any) -> Paper:
    copies, print_copy, verdict, *flags = columns
    is_shown, may_be_out, is_abandoned = map(bool, flags)
    return Paper(copies or 0, print_copy, verdict, is_shown, may_be_out, is_abandoned)


def _ghost_row(ticket: bytes, paper: Paper) -> bytes:
    return canonical_row(standing(ticket_of_canonical(ticket), paper), paper)
