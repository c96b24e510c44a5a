import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pysqlite3 import dbapi2
from sqlite_utils import Database

from kiosk.clock import FakeClock
from kiosk.domain.events import NODE_STARTED, Event, decode
from kiosk.errors import StoreCorruptError, StoreError, StoreLockedError, StoreReadOnlyError, StoreTooNewError
from kiosk.identity import new_identity
from kiosk.store import writer
from kiosk.store.log import heads, read_after
from kiosk.store.verify import Verified, verify
from kiosk.store.writer import Store, clock_floor, remember_time
from kiosk.trusted_clock import TrustedClock
from kiosk.version import RELEASED_AT, VERSION
from tests.conftest import Logs

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
ME = new_identity()


def opened(directory: Path, clock: FakeClock | None = None) -> Store:
    return Store.open(directory, clock or FakeClock(NOW), ME)


def first_event(store: Store, incarnation: str) -> Event:
    event = decode(store.call(lambda db: read_after(db, incarnation, 0, max_events=1))[0].raw)
    assert isinstance(event, Event)
    return event


def test_every_start_is_a_new_incarnation_that_names_its_parent(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        (parent,) = store.call(heads)
        assert first_event(store, parent.incarnation).body == {
            "parent": None,
            "program": VERSION,
            "clock_trusted": True,
        }
    with opened(tmp_path) as store:
        event = first_event(store, store.node.incarnation)
        assert store.node.incarnation != parent.incarnation
        assert (event.type, event.origin, event.previous) == (NODE_STARTED, ME.device_id, parent.hash)
        assert event.body["parent"] == {
            "incarnation": parent.incarnation,
            "sequence": parent.sequence,
            "hash": parent.hash,
        }


def test_work_runs_on_one_thread_in_order(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        names = [store.submit(lambda _: threading.current_thread()) for _ in range(5)]
        assert len({name.result() for name in names}) == 1
        assert names[0].result() is not threading.current_thread()


def test_a_failure_belongs_to_its_caller_alone(tmp_path: Path) -> None:
    def fail(_: Database) -> None:
        raise KeyError("mine")

    with opened(tmp_path) as store:
        with pytest.raises(KeyError, match="mine"):
            store.call(fail)
        assert store.call(lambda _: "fine") == "fine"


def test_cancelled_work_is_skipped(tmp_path: Path) -> None:
    gate, done = threading.Event(), list[int]()
    with opened(tmp_path) as store:
        store.submit(lambda _: gate.wait(10))
        skipped = store.submit(lambda _: done.append(1))
        assert skipped.cancel()
        gate.set()
        store.call(lambda _: done.append(2))
    assert done == [2]


def test_close_finishes_what_was_submitted_and_takes_no_more(tmp_path: Path) -> None:
    store = opened(tmp_path)
    last = store.submit(lambda _: "done")
    store.close()
    store.close()
    assert last.result() == "done"
    with pytest.raises(RuntimeError, match="closed"):
        store.submit(lambda _: None)


def test_a_second_kiosk_on_the_same_folder_is_told_so(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        with pytest.raises(StoreLockedError, match="already running"):
            opened(tmp_path)
        assert len(store.call(heads)) == 1
    opened(tmp_path).close()


def test_a_database_of_another_kiosk_is_left_alone(tmp_path: Path) -> None:
    opened(tmp_path).close()
    with pytest.raises(StoreError, match=f"written by kiosk {ME.device_id}"):
        Store.open(tmp_path, FakeClock(NOW), new_identity())
    opened(tmp_path).close()


def test_a_newer_database_is_left_alone_and_the_folder_free(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        store.call(lambda db: db.conn.execute("INSERT INTO _sqlite_migrations VALUES (9, 'kiosk', 'later', '')"))
    for _ in range(2):
        with pytest.raises(StoreTooNewError):
            opened(tmp_path)


def test_a_data_folder_that_is_a_file_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreReadOnlyError, match="data folder"):
        opened(tmp_path / "file" / "data")


def test_after_damage_nothing_more_is_written(tmp_path: Path, expected_logs: Logs) -> None:
    def damaged(_: Database) -> None:
        error = dbapi2.DatabaseError("database disk image is malformed")
        error.sqlite_errorcode = dbapi2.SQLITE_CORRUPT
        raise error

    expected_logs("store_failed")
    with opened(tmp_path) as store:
        with pytest.raises(StoreCorruptError):
            store.call(damaged)
        with pytest.raises(StoreCorruptError):
            store.call(lambda _: "never runs")
    assert expected_logs.seen == ["store_failed"]


def test_the_floor_under_the_clock_is_the_release_the_noted_time_or_the_newest_event(tmp_path: Path) -> None:
    clock = FakeClock(datetime(2000, 1, 1, tzinfo=UTC))
    with opened(tmp_path, clock) as store:
        assert store.call(clock_floor) == RELEASED_AT
        store.call(lambda db: remember_time(db, store.clock))
        assert store.call(clock_floor) == RELEASED_AT, "an untrusted time is not noted"
        clock.jump(NOW)
        store.call(lambda db: remember_time(db, store.clock))
        assert store.call(clock_floor) == NOW
    clock.advance(timedelta(hours=1))
    with opened(tmp_path, clock) as store:
        assert store.call(clock_floor) == NOW + timedelta(hours=1)


@pytest.mark.parametrize("is_busy", [False, True], ids=["idle", "busy"])
def test_a_kiosk_notes_the_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, is_busy: bool) -> None:
    """Busy: its screens ask the store every few seconds, so no minute is ever idle."""
    noted = threading.Event()

    def note(db: Database, clock: TrustedClock) -> None:
        remember_time(db, clock)
        noted.set()

    monkeypatch.setattr(writer, "_REMEMBER_EVERY_S", 0.05)
    monkeypatch.setattr(writer, "remember_time", note)
    clock = FakeClock(NOW)
    with opened(tmp_path, clock) as store:
        clock.advance(timedelta(hours=1))
        for _ in range(2):
            asked = 0
            while is_busy and not noted.is_set() and asked < 100_000:
                store.call(lambda _: None)
                asked += 1
            assert noted.wait(0 if is_busy else 10)
            noted.clear()
        assert store.call(clock_floor) == NOW + timedelta(hours=1)


def test_a_dead_battery_after_a_good_start_is_noticed(tmp_path: Path) -> None:
    opened(tmp_path).close()
    with opened(tmp_path, FakeClock(datetime(2000, 1, 1, tzinfo=UTC))) as store:
        assert not store.clock.read().is_trusted
        assert store.clock.read().at == NOW
        assert first_event(store, store.node.incarnation).body["clock_trusted"] is False


def test_a_program_that_fails_without_closing_its_store_ends(tmp_path: Path) -> None:
    program = """
import sys
from pathlib import Path
from kiosk.clock import SystemClock
from kiosk.identity import new_identity
from kiosk.logs import configure_logging
from kiosk.store.writer import Store

configure_logging(None)
store = Store.open(Path(sys.argv[1]), SystemClock(), new_identity())
sys.exit("failed")
"""
    ended = subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=False, capture_output=True, timeout=30)
    assert (ended.returncode, ended.stderr.strip()) == (1, b"failed")
    assert isinstance(verify(tmp_path / "kiosk.db"), Verified)
