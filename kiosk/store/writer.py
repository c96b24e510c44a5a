"""The kiosk's store: one thread that owns the one connection. Work goes in as functions, results come as futures."""

import queue
import secrets
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final, NamedTuple, Self, TypeVar

import structlog
from pysqlite3 import dbapi2
from sqlite_utils import Database

from kiosk.clock import Clock
from kiosk.disk_guard import DiskGuard, Room
from kiosk.domain import event_bodies, hlc
from kiosk.domain.events import NODE_STARTED
from kiosk.errors import StoreCorruptError, StoreDiskError, StoreError, StoreFullError, StoreReadOnlyError
from kiosk.held_tickets import HeldTickets
from kiosk.identity import Identity
from kiosk.lock import FolderLock
from kiosk.store.database import explained, open_database, transaction
from kiosk.store.generations import forget_numbers
from kiosk.store.log import Node, append, head_of, newest
from kiosk.store.migrations import migrate
from kiosk.trusted_clock import TrustedClock
from kiosk.version import RELEASED_AT, VERSION
from kiosk.witness import Testimony, Witness

_log = structlog.get_logger(__name__)

T = TypeVar("T")

DATABASE_NAME: Final = "kiosk.db"

_REMEMBER_EVERY_S: Final = 60.0
"""How often a kiosk notes the time, idle or not, so that a dead clock battery costs at most this much."""

_PAGES_IN_WAL: Final = 1000
"""SQLite's own default."""
_PAGES_IN_SHORT_WAL: Final = 32


class _Job(NamedTuple):
    work: Callable[[Database], Any]
    result: "Future[Any]"


class Store:
    """Made by `open`. Safe to use from any thread; `close` waits for the work that is already in."""

    def __init__(
        self, path: Path, lock: FolderLock, clock: Clock, identity: Identity, witness: Witness | None = None
    ) -> None:
        self.path = path
        self.held = HeldTickets(clock)
        self._guard: DiskGuard | None = None
        self._lock = lock
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._gate = threading.Lock()
        self._is_closed = False
        self._fatal: StoreError | None = None
        self._witness = witness
        self._begun: Testimony
        self._node: Node
        opened: Future[Node] = Future()
        # A daemon: a program that fails without closing its store must end and be started again, not hang.
        self._thread = threading.Thread(target=self._run, args=(clock, identity, opened), name="store", daemon=True)
        self._thread.start()
        try:
            self._node = opened.result()
        except BaseException:
            self._thread.join()
            lock.release()
            raise
        _log.info("store_opened", origin=self._node.origin, incarnation=self._node.incarnation)

    @classmethod
    def open(cls, directory: Path, clock: Clock, identity: Identity, witness: Witness | None = None) -> Self:
        """Open or create `<directory>/kiosk.db` and begin a new incarnation. Raises a StoreError.

        `witness`: lies on another disk and tells whether this one was put back to an earlier day.
        """
        try:
            directory.mkdir(parents=True, exist_ok=True)
            lock = FolderLock(directory)
        except OSError as error:
            raise StoreReadOnlyError(f"The data folder {directory} cannot be written: {error.strerror}.") from error
        return cls(directory / DATABASE_NAME, lock, clock, identity, witness)

    @property
    def node(self) -> Node:
        """Who writes here, and since when: what `kiosk.store.log.append` asks for."""
        return self._node

    @property
    def was_restored(self) -> bool:
        """Whether the witness knew of a later life of this database: lately, so that a technician should look."""
        return bool(self._begun.losses)

    @property
    def clock(self) -> TrustedClock:
        return self._node.clock

    def watch_disk(self, guard: DiskGuard) -> None:
        """From now on: `guard`, of this folder, looks every minute, and when the disk is full gives its ballast."""
        self._guard = guard
        self.submit(lambda _: guard.look())

    def submit(self, work: Callable[[Database], T]) -> "Future[T]":
        """Run `work` on the writer thread, after all that was submitted before. It opens its own transaction, one only:
        where the disk was full and ballast was given back it is run a second time.
        """
        result: Future[T] = Future()
        with self._gate:
            if self._is_closed:
                raise RuntimeError("the store is closed")
            self._jobs.put(_Job(work, result))
        return result

    def call(self, work: Callable[[Database], T]) -> T:
        """`submit`, and wait for the result. Never from the UI thread, and never from inside another work."""
        return self.submit(work).result()

    def close(self) -> None:
        with self._gate:
            if self._is_closed:
                return
            self._is_closed = True
            self._jobs.put(_Job(self._tell_witness, Future()))
            self._jobs.put(None)
        self._thread.join()
        self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _run(self, clock: Clock, identity: Identity, opened: "Future[Node]") -> None:
        try:
            db = open_database(self.path)
            try:
                with explained(self.path):
                    migrate(db)
                    node, self._begun = begin_incarnation(db, clock, identity, self._witness)
                opened.set_result(node)
                self._serve(db)
            finally:
                db.close()
        except BaseException as error:  # noqa: BLE001  # the thread that opens the store gets it
            opened.set_exception(error)

    def _serve(self, db: Database) -> None:
        due = time.monotonic() + _REMEMBER_EVERY_S  # as the queue counts: in real time, whatever clock is passed in
        while True:
            try:
                job = self._jobs.get(timeout=max(0.0, due - time.monotonic()))
            except queue.Empty:
                job, due = _Job(self._remember_time, Future()), time.monotonic() + _REMEMBER_EVERY_S
            if job is None:
                return
            if not job.result.set_running_or_notify_cancel():
                continue
            try:
                job.result.set_result(self._perform(db, job.work))
            except BaseException as error:  # noqa: BLE001  # the run-loop: every failure belongs to its caller
                job.result.set_exception(error)

    def _perform(self, db: Database, work: Callable[[Database], T]) -> T:
        if self._fatal is not None:
            raise self._fatal
        try:
            return self._in_the_room_left(db, work)
        except (StoreDiskError, StoreCorruptError) as error:
            # After a failed fsync nobody knows what the disk holds: only opening the file anew can tell.
            self._fatal = error
            _log.error("store_failed", problem=str(error))
            raise

    def _in_the_room_left(self, db: Database, work: Callable[[Database], T]) -> T:
        try:
            with explained(self.path):
                return work(db)
        except StoreFullError:
            if self._guard is None or not self._guard.relieve():
                raise
        _spare_room(db)
        with explained(self.path):
            return work(db)

    def _remember_time(self, db: Database) -> None:
        if self._guard is not None and self._guard.look() is Room.PLENTY:
            db.conn.execute(f"PRAGMA wal_autocheckpoint = {_PAGES_IN_WAL}")
        remember_time(db, self.clock)
        self._tell_witness(db)

    def _tell_witness(self, db: Database) -> None:
        """An image that is made now and put back tomorrow is missed by a witness that was told at the start only."""
        if self._witness is not None:
            self._witness.remember(self._node.origin, replace(self._begun, sequence=_testimony(db).sequence))


def _spare_room(db: Database) -> None:
    """A write-ahead log takes many times what its pages take in the database: from now on it is kept short."""
    db.conn.execute(f"PRAGMA wal_autocheckpoint = {_PAGES_IN_SHORT_WAL}")
    with suppress(dbapi2.Error):  # the work itself will say what is wrong
        db.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def remember_time(db: Database, clock: TrustedClock) -> None:
    """Raise the floor that a later start measures its clock against."""
    reading = clock.read()
    if reading.is_trusted:
        with transaction(db):
            db.conn.execute("UPDATE node_state SET clock_floor_ms = ?", (hlc.milliseconds(reading.at),))


def clock_floor(db: Database) -> datetime:
    """The newest time that is certainly past: the release, the last time noted, and the newest event."""
    (noted,) = db.conn.execute("SELECT clock_floor_ms FROM node_state").fetchone()
    event = db.conn.execute("SELECT hlc FROM events ORDER BY position DESC LIMIT 1").fetchone()
    return max(RELEASED_AT, hlc.time_of(noted << 16), hlc.time_of(event[0] if event else 0))


def begin_incarnation(
    db: Database, clock: Clock, identity: Identity, witness: Witness | None = None
) -> tuple[Node, Testimony]:
    """A restored or cloned disk reuses no key, and forks show (design.md, section 7).

    What `witness` knows and this database does not makes the kiosk count in a series that it has certainly not used.
    """
    with transaction(db):
        _claim(db, identity.device_id)
        node = Node(identity.device_id, secrets.token_hex(8), TrustedClock(clock, clock_floor(db)))
        reading = node.clock.read()
        here = _testimony(db)
        outside = (None if witness is None else witness.recall(identity.device_id)) or here
        begun = outside.after_start(node.incarnation, here, reading.at)
        if outside.is_beyond(here):
            begun = begun.with_loss(reading.at)
            forget_numbers(db, len(begun.losses))
            _log.error("disk_restored", starts_here=here.boots, starts_known=outside.boots)
        db.conn.execute("UPDATE node_state SET boots = ?, incarnation = ?", (begun.boots, begun.incarnation))
        # Not what came back from the server last: that may have been continued long ago.
        parent = (None if here.incarnation is None else head_of(db, here.incarnation)) or newest(db)
        body = event_bodies.node_started(parent, VERSION, clock_trusted=reading.is_trusted)
        append(db, node, NODE_STARTED, body)
    if witness is not None:
        witness.remember(identity.device_id, begun)
    return node, begun


def _testimony(db: Database) -> Testimony:
    boots, incarnation = db.conn.execute("SELECT boots, incarnation FROM node_state").fetchone()
    head = None if incarnation is None else head_of(db, incarnation)
    return Testimony(boots, incarnation, 0 if head is None else head.sequence)


def _claim(db: Database, origin: str) -> None:
    row = db.conn.execute("SELECT origin FROM node_state").fetchone()
    if row is None:
        db.conn.execute("INSERT INTO node_state (only, origin, clock_floor_ms) VALUES (1, ?, 0)", (origin,))
    elif row[0] != origin:
        raise StoreError(
            f"This database was written by kiosk {row[0]}, and the key here is that of {origin}: restore the kiosk's"
            " identity.pem, or move kiosk.db away to begin anew."
        )
