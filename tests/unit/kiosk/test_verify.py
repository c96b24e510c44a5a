import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from pysqlite3 import dbapi2
from sqlite_utils import Database

from kiosk.clock import SystemClock
from kiosk.domain.events import Event, decode, digest, encode
from kiosk.errors import StoreReadOnlyError
from kiosk.store.log import heads, read_after
from kiosk.store.recovery import take_back
from kiosk.store.verify import Broken, Verified, verify
from server.database import FILE_NAME, open_database
from server.settings import Role, ServerSettings
from tests.small_hall import request, running_kiosk

TRIGGERS = ("events_are_never_changed", "events_are_kept")


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three incarnations, six tickets, closed."""
    directory = tmp_path_factory.mktemp("kiosk")
    for start in range(3):
        with running_kiosk(directory) as machine:
            for visitor in range(2):
                machine.issuing.issue(request(f"{start}.{visitor}", "dukcapil.ktp", "polri.skck"))
            machine.jobs.recover()
    return directory / "kiosk.db"


@pytest.fixture
def database(template: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(template, tmp_path))


def tampered(database: Path, *statements: str) -> Path:
    connection = dbapi2.connect(str(database), isolation_level=None)
    for trigger in TRIGGERS:
        connection.execute(f"DROP TRIGGER {trigger}")
    for statement in statements:
        connection.execute(statement)
    connection.close()
    return database


def rewritten(database: Path, sequence: int, change: Callable[[Event], Event]) -> Path:
    """A forger with patience: bytes, hash and columns of the first incarnation's event agree."""
    connection = dbapi2.connect(str(database), isolation_level=None)
    db = Database(connection, execute_plugins=False)
    stored = read_after(db, heads(db)[0].incarnation, sequence - 1, max_events=1)[0]
    event = decode(stored.raw)
    assert isinstance(event, Event)
    raw = encode(change(event))
    connection.execute("DROP TRIGGER events_are_never_changed")
    connection.execute(
        "UPDATE events SET raw = ?, hash = ? WHERE incarnation = ? AND sequence = ?",
        (raw, digest(raw), stored.incarnation, sequence),
    )
    connection.close()
    return database


def verdict_of(database: Path) -> Broken:
    verdict = verify(database)
    assert isinstance(verdict, Broken)
    return verdict


def test_what_the_kiosk_wrote_is_verified(database: Path) -> None:
    assert verify(database) == Verified(incarnations=3, events=16, tickets=6)


def test_a_running_kiosk_can_be_verified(tmp_path: Path) -> None:
    with running_kiosk(tmp_path) as machine:
        machine.issuing.issue(request("one"))
        assert verify(tmp_path / "kiosk.db") == Verified(incarnations=1, events=3, tickets=1)


def test_reading_changes_nothing(database: Path) -> None:
    before = database.read_bytes()
    verify(database)
    assert database.read_bytes() == before
    assert {path.name for path in database.parent.iterdir()} == {"kiosk.db"}


def test_one_flipped_byte_is_found_where_sqlite_sees_nothing(database: Path, tmp_path: Path) -> None:
    content = database.read_bytes()
    copy = tmp_path / "copy.db"
    labels = [at for at in range(len(content)) if content.startswith(b'"label":"D-003"', at)]
    assert labels
    verdicts = []
    for at in labels:  # an outdated copy may lie in a page's free space
        flipped = bytearray(content)
        flipped[at + 12] ^= 1
        copy.write_bytes(flipped)
        connection = dbapi2.connect(str(copy))
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        connection.close()
        verdicts.append(verify(copy))
    broken = next(each for each in verdicts if isinstance(each, Broken))
    assert (broken.sequence, "hashed" in broken.what) == (2, True)
    assert str(broken).startswith(f"origin {broken.origin}, incarnation {broken.incarnation}, sequence 2: ")


@pytest.mark.parametrize(
    ("statement", "what"),
    [
        ("UPDATE events SET type = 'ticket.shown' WHERE sequence = 3", "columns contradict"),
        ("UPDATE events SET hash = replace(hash, substr(hash, 1, 1), 'x') WHERE position = 3", "hashed"),
        ("DELETE FROM events WHERE position = 3", "sequence 4 follows 2"),
        ("DELETE FROM events WHERE position = 1", "should begin with 1"),
        (
            "DELETE FROM events WHERE incarnation = (SELECT incarnation FROM events ORDER BY position LIMIT 1)",
            "parent is not here",
        ),
        ("UPDATE tickets SET label = 'D-009' WHERE number = 2", "tickets lacks or contradicts"),
        ("UPDATE tickets SET is_priority = 1 WHERE number = 2", "tickets lacks or contradicts"),
        ("UPDATE stops SET after = '[]' WHERE position = 2", "stops lacks or contradicts"),
        ("UPDATE stops SET people_ahead = 0", "stops lacks or contradicts"),
        ("DELETE FROM stops WHERE position = 2", "stops lacks or contradicts"),
        ("DELETE FROM service_days", "service_days lacks or contradicts"),
        ("INSERT INTO service_days VALUES (9, 'small-hall', '2027-01-01', 1)", "of which the log knows nothing"),
        (
            """
            INSERT INTO tickets SELECT 'feedfeedfeedfeed', NULL, site_id, service_day, 5, queue_code, number, label,
                is_priority, language, issued_at, clock_trusted, token FROM tickets LIMIT 1
            """,
            "tickets holds feedfeedfeedfeed, of which the log knows nothing",
        ),
    ],
)
def test_edited_rows_are_found(database: Path, statement: str, what: str) -> None:
    assert what in str(verdict_of(tampered(database, statement)))


def test_a_rewritten_event_breaks_the_link_after_it(database: Path) -> None:
    broken = verdict_of(rewritten(database, 3, lambda event: replace(event, body={**event.body, "number": 9})))
    assert (broken.sequence, "another event before it" in broken.what) == (4, True)


@pytest.mark.parametrize(
    ("sequence", "change", "what"),
    [
        (3, lambda event: replace(event, body={}), "its body is not that of ticket.issued"),
        (1, lambda event: replace(event, type="Nonsense"), "is no event: type"),
        (1, lambda event: replace(event, body={}), "its body is not that of node.started"),
        (1, lambda event: replace(event, previous="a" * 64), "begins anew"),
        (
            1,
            lambda event: replace(event, body={"parent": {"incarnation": "b" * 16, "sequence": 1, "hash": "a" * 64}}),
            "names one parent in its body and another",
        ),
    ],
)
def test_forged_events_are_found(database: Path, sequence: int, change: Callable[[Event], Event], what: str) -> None:
    assert what in str(verdict_of(rewritten(database, sequence, change)))


def test_what_a_restored_disk_was_given_back_is_good_though_its_parent_is_lost(tmp_path: Path) -> None:
    """The end of the first incarnation was never sent, the second one was: only that came back to the older disk."""
    image = tmp_path / "image.db"
    with running_kiosk(tmp_path) as machine:
        machine.store.call(lambda db: db.conn.execute("VACUUM INTO ?", (str(image),)))
        machine.issuing.issue(request("lost"))
    with running_kiosk(tmp_path) as machine:
        second = machine.store.node.incarnation
        sent = machine.store.call(lambda db: [event.raw for event in read_after(db, second, 0)])
    image.replace(tmp_path / "kiosk.db")
    with running_kiosk(tmp_path) as machine:
        origin = machine.store.node.origin
        assert machine.store.call(lambda db: take_back(db, origin, second, 0, sent)) is None
    assert isinstance(verify(tmp_path / "kiosk.db"), Verified)


def test_another_kiosks_history_is_found(database: Path, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    with running_kiosk(tmp_path / "other"):
        pass
    statements = (
        f"ATTACH '{tmp_path / 'other' / 'kiosk.db'}' AS other",
        """
        INSERT INTO events (incarnation, sequence, hlc, type, hash, raw)
            SELECT incarnation, sequence, hlc, type, hash, raw FROM other.events
        """,
    )
    assert "it is not of this kiosk" in str(verdict_of(tampered(database, *statements)))


def test_what_is_gone_without_an_anchor_is_missed(database: Path) -> None:
    statements = (
        """
        INSERT INTO acknowledgements
            SELECT incarnation, 'central', max(sequence) FROM events WHERE position <= 7 GROUP BY incarnation
        """,
        "DELETE FROM events WHERE position <= 3",
    )
    assert "should begin with 1" in str(verdict_of(tampered(database, *statements)))


@pytest.mark.parametrize(
    ("statement", "what"),
    [
        ("UPDATE print_jobs SET state = 'confirmed' WHERE id = 1", "print_jobs holds slip 0"),
        ("UPDATE tickets SET token = 'x' WHERE number = 2", None),
    ],
)
def test_what_the_log_does_not_hold_is_not_judged(database: Path, statement: str, what: str | None) -> None:
    verdict = verify(tampered(database, statement))
    assert isinstance(verdict, Verified) if what is None else what in str(verdict)


def test_an_index_that_disagrees_with_its_table_is_named(database: Path) -> None:
    swapped = "replace(sql, '(service_day, queue_code', '(queue_code, service_day')"
    broken = verdict_of(
        tampered(
            database,
            "PRAGMA writable_schema = ON",
            f"UPDATE sqlite_schema SET sql = {swapped} WHERE name = 'stops_of_a_queue'",  # noqa: S608  # our own words
        )
    )
    assert "the pages are damaged" in broken.what


def test_a_damaged_page_is_named(database: Path) -> None:
    content = bytearray(database.read_bytes())
    for page in range(2, len(content) // 4096):
        content[page * 4096 : page * 4096 + 64] = b"\xff" * 64
    database.write_bytes(content)
    assert verdict_of(database).incarnation is None


def test_a_file_that_is_no_database_is_broken(tmp_path: Path) -> None:
    path = tmp_path / "kiosk.db"
    path.write_bytes(b"no database" * 500)
    assert "not a database" in verdict_of(path).what


def test_a_database_that_is_not_a_kiosks_is_our_callers_mistake(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    connection = dbapi2.connect(str(path))
    connection.execute("CREATE TABLE t (x)")
    connection.close()
    assert verify(path) == Broken("this is not a kiosk's database")


def test_a_servers_database_is_not_a_kiosks(tmp_path: Path) -> None:
    open_database(ServerSettings(Role.SITE, tmp_path), SystemClock()).close()
    assert verify(tmp_path / FILE_NAME) == Broken("this is not a kiosk's database")


def test_a_missing_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(StoreReadOnlyError):
        verify(tmp_path / "nowhere.db")


def test_database_of_the_version_before_verifies_before_this_one_has_opened_it(database: Path) -> None:
    older = tampered(
        database,
        "ALTER TABLE stops DROP COLUMN promised_low_s",
        "ALTER TABLE stops DROP COLUMN promised_high_s",
        "DELETE FROM _sqlite_migrations WHERE name = 'keep_what_was_promised'",
    )
    verdict = verify(older)
    assert isinstance(verdict, Verified)
    assert verdict.tickets == 6
