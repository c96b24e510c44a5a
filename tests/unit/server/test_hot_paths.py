"""No request of a device touches rows of another site, nor reads a table from end to end. So sites can be spread over
many machines, and a hundred million events are as quick as a thousand. docs/scale.md builds on this.
"""

import asyncio
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import httpx2
import pytest
from sqlalchemy import Connection, UniqueConstraint, event, text

from kiosk.domain.event_bodies import print_finished, ticket_issued, ticket_shown
from kiosk.domain.events import (
    NO_EVENT,
    NODE_STARTED,
    PRINT_FINISHED,
    TICKET_ISSUED,
    TICKET_SHOWN,
    Event,
    digest,
    encode,
)
from kiosk.domain.print_job import PrintState
from kiosk.domain.ticket import TicketId
from kiosk.identity import Identity, new_identity
from kiosk.sync.client import SyncClient
from kiosk.sync.wire import Head, Health, Heartbeat, Hello, Pull, Reserve
from server.devices import DeviceRecord
from server.enrolment import admit
from server.run import Server
from server.schema import metadata
from tests.paired_kiosk import SITE, site_server, some_ticket

pytestmark = pytest.mark.usefixtures("on_both_databases")

OTHER_SITE: Final = "other-hall"
OF_SITES: Final = {table.name for table in metadata.sorted_tables if "site_id" in table.columns}
OF_ALL: Final = {
    "snapshots": "what holds everywhere has site_id *: a reference table where the others are distributed",
    "invitations": "a code is looked up before anyone has said which site it is for",
}
"""Tables that may be asked without naming a site."""
NAMED: Final = re.compile(r"\b(?:FROM|JOIN|UPDATE|INTO) (\w+)(?: AS (\w+))?")


@dataclass
class Overheard:
    """Every statement of the threads that answer requests."""

    statements: list[tuple[str, Any]] = field(default_factory=list)

    def __call__(self, _conn: object, _cursor: object, statement: str, parameters: Any, *_: object) -> None:
        if threading.current_thread().name != "chores" and not statement.startswith(("BEGIN", "SAVEPOINT", "RELEASE")):
            self.statements.append((statement, parameters))

    def tables(self, statement: str) -> Iterator[tuple[str, str]]:
        """Table and the name it goes by, of those whose rows belong to sites."""
        for table, alias in NAMED.findall(statement):
            if table in OF_SITES - OF_ALL.keys():
                yield table, alias or table


@pytest.fixture
def overheard(tmp_path: Path, expected_logs: Any) -> Iterator[tuple[Overheard, Server]]:
    """What one kiosk's day makes the server ask its database, while a kiosk of another site has its own there."""
    expected_logs("events_parked", "fork_seen")
    kiosk, stranger = new_identity(), new_identity()
    with site_server(tmp_path) as server:
        for identity, site in ((kiosk, SITE), (stranger, OTHER_SITE)):
            admit(server.node, DeviceRecord(identity.device_id, identity.public_key, site, 1, "A", "Anjungan 1"))
        asyncio.run(_a_day(server.url, OTHER_SITE, stranger))
        overheard = Overheard()
        engine = server.node.database._engine
        event.listen(engine, "before_cursor_execute", overheard)
        asyncio.run(_a_day(server.url, SITE, kiosk))
        httpx2.get(f"{server.url}/v1/tickets", params={"site": SITE, "service_day": "2026-11-23"}).raise_for_status()
        httpx2.get(f"{server.url}/v1/tickets", params={"site": SITE}).raise_for_status()
        event.remove(engine, "before_cursor_execute", overheard)
        yield overheard, server


async def _a_day(url: str, site: str, kiosk: Identity) -> None:
    log = _log(kiosk)
    head = Head(incarnation="1c" * 8, sequence=len(log), hash=digest(log[-1]))
    health = Health(program="0.1.0", at=datetime.now(UTC), clock_trusted=True)
    async with SyncClient(url, site, kiosk) as client:
        await client.hello(Hello(origin=kiosk.device_id, heads=(head,)))
        await client.append(log[:40])
        await client.append(log[30:])  # some of them again
        await client.hello(Hello(origin=kiosk.device_id, heads=(head.model_copy(update={"sequence": 5}),)))
        await client.heartbeat(Heartbeat(origin=kiosk.device_id, head=head, health=health))
        for _ in range(2):  # the second time it is told what it was told before
            await client.reserve(Reserve(ticket="f0" * 8, queue="D"))
        await client.pull(Pull(origin=kiosk.device_id, incarnation="1c" * 8, after=10))


def _log(kiosk: Identity) -> list[bytes]:
    told: list[tuple[str, Any]] = [(NODE_STARTED, {"parent": None})]
    for number in range(1, 30):
        told += [
            (TICKET_ISSUED, ticket_issued(some_ticket(number), "c" * 64)),
            (PRINT_FINISHED, print_finished(some_ticket(number).id, 0, PrintState.CONFIRMED)),
        ]
    told += [(TICKET_SHOWN, ticket_shown(some_ticket(1).id)), (TICKET_SHOWN, ticket_shown(TicketId("e" * 16)))]
    raws: list[bytes] = []
    for sequence, (kind, body) in enumerate(told, start=1):
        previous = digest(raws[-1]) if raws else NO_EVENT
        stamp = f"{sequence << 16:016x}"
        raws.append(encode(Event(kiosk.device_id, "1c" * 8, sequence, stamp, kind, 1, body, previous)))
    return raws


def test_every_statement_names_its_site(overheard: tuple[Overheard, Server]) -> None:
    heard, _ = overheard
    assert len(heard.statements) > 20
    crossing = {
        statement
        for statement, _ in heard.statements
        for _, name in heard.tables(statement)
        if not (_inserts_site(statement) or re.search(rf"\b{name}\.site_id = ", statement))
    }
    assert crossing == set()


def test_no_statement_is_told_of_another_site(overheard: tuple[Overheard, Server]) -> None:
    heard, _ = overheard
    assert any(SITE in repr(parameters) for _, parameters in heard.statements)
    assert [statement for statement, parameters in heard.statements if OTHER_SITE in repr(parameters)] == []


def test_no_statement_reads_a_table_from_end_to_end(overheard: tuple[Overheard, Server]) -> None:
    heard, server = overheard
    with server.node.database.reading() as connection:
        scans = {
            (statement, line)
            for statement, parameters in heard.statements
            if not statement.startswith("INSERT")
            for line in _plan(connection, statement, parameters)
            if _scanned(line) in {name for names in heard.tables(statement) for name in names}
        }
    assert scans == set()


def test_every_key_contains_the_site() -> None:
    """What a distributed PostgreSQL asks of a table that is spread by site_id."""
    tables = [table for table in metadata.sorted_tables if table.name not in OF_ALL]
    assert {table.name for table in tables} - OF_SITES == {"server_epoch", "owners"}
    for table in tables:
        if table.name not in OF_SITES:
            continue
        keys = [table.primary_key, *(each for each in table.constraints if isinstance(each, UniqueConstraint))]
        assert [key for key in keys if "site_id" not in key.columns] == []
        assert [index.name for index in table.indexes if index.unique and "site_id" not in index.columns] == []
        assert next(iter(table.primary_key)).name == "site_id"


def _inserts_site(statement: str) -> bool:
    inserted = re.match(r"INSERT INTO \w+ \(([^)]*)\)", statement)
    return inserted is not None and "site_id" in inserted[1].split(", ")


def _plan(connection: Connection, statement: str, parameters: Any) -> list[str]:
    """How the database goes about it. PostgreSQL reads small tables whole unless it is told not to."""
    if connection.dialect.name == "sqlite":
        rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", _one(parameters))
        return [str(row[3]) for row in rows]
    connection.execute(text("SET LOCAL enable_seqscan = off"))
    return [str(row[0]) for row in connection.exec_driver_sql(f"EXPLAIN {statement}", _one(parameters))]


def _one(parameters: Any) -> Any:
    """Of an executemany the first."""
    return parameters[0] if isinstance(parameters, list) else parameters


def _scanned(line: str) -> str | None:
    found = re.search(r"(?:SCAN|Seq Scan on) (\w+)", line)
    return None if found is None else found[1]
