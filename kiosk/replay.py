"""Adding up a log of any length anew, from its events alone: on the disk, in constant memory.

Whoever checks or rebuilds compares its own tables with this.
"""

from collections.abc import Generator, Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, NamedTuple, Self

from pysqlite3 import dbapi2

from kiosk.domain.events import Event
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

_TABLES: Final = """
    PRAGMA journal_mode = OFF;
    PRAGMA synchronous = OFF;
    PRAGMA cache_size = -4000;
    CREATE TABLE tickets (
        ticket_id TEXT, origin TEXT, ticket BLOB, PRIMARY KEY (ticket_id, origin)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE papers (
        ticket_id TEXT PRIMARY KEY, copies INTEGER, print_copy INTEGER, verdict TEXT, is_shown INTEGER,
        may_be_out INTEGER, is_abandoned INTEGER
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE days (day TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
"""

_PAPER: Final = "copies, print_copy, verdict, is_shown, may_be_out, is_abandoned"


class ReplayedTicket(NamedTuple):
    """`row`: as kiosk.domain.history.canonical_row writes it."""

    ticket_id: str
    origin: str
    row: bytes


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

    def tickets(self) -> Generator[ReplayedTicket, None, None]:
        """By ticket id, then origin."""
        rows = self._db.execute(
            f"SELECT ticket_id, origin, ticket, {_PAPER}"  # noqa: S608  # our own column names
            " FROM tickets LEFT JOIN papers USING (ticket_id) ORDER BY ticket_id, origin"
        )
        with closing(rows):
            for ticket_id, origin, ticket, *columns in rows:
                paper = _paper(columns)
                if paper.is_ghost:
                    yield ReplayedTicket(ticket_id, origin, _ghost_row(ticket, paper))
                else:
                    yield ReplayedTicket(ticket_id, origin, ticket + b" " + canonical_paper(paper))

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
        row = (ticket.ticket_id, origin, canonical_ticket(ticket))
        self._db.execute("INSERT OR IGNORE INTO tickets VALUES (?, ?, ?)", row)

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
