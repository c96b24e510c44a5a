"""How the kiosk's printers fare, told to the log: what changes, and never so often that it becomes noise."""

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import structlog
from sqlite_utils import Database

from kiosk.clock import Clock
from kiosk.domain.event_bodies import kiosk_status
from kiosk.domain.events import KIOSK_STATUS
from kiosk.domain.printer_facts import PrinterFacts
from kiosk.errors import KioskError
from kiosk.store.database import transaction
from kiosk.store.log import append
from kiosk.store.writer import Store

if TYPE_CHECKING:
    from concurrent.futures import Future

_log = structlog.get_logger(__name__)

QUIET_S: Final = 10.0
"""At most one event in so many seconds; of what is noted meanwhile the latest is told at their end."""

LONGEST_QUIET_S: Final = 640.0
"""While it keeps changing, the pause doubles with each event up to this: a cable that is loose all day and a kiosk that
is alone for 60 days must not fill the log.
"""

SLIPS_TOLD: Final = (500, 200, 100, 50, 20)
"""What is left is told when it falls below one of these, so that a roll can be brought in time."""

Later = Callable[[float, Callable[[], None]], object]
"""Call that function after so many seconds, on a thread of its own."""


class PrinterLog:
    """`note` may be called from any thread, as often as one likes; it never blocks and raises nothing."""

    def __init__(self, store: Store, clock: Clock, later: Later | None = None) -> None:
        self._store = store
        self._clock = clock
        self._later = later or _by_timer
        self._lock = threading.RLock()  # a store that fails at once says so while we are still in here
        self._told: PrinterFacts | None = None
        self._told_at = 0.0
        self._quiet_s = QUIET_S
        self._is_failing = False
        self._newest: PrinterFacts | None = None
        self._fewest: int | None = None
        self._is_awaited = False

    def note(self, facts: PrinterFacts) -> None:
        """They are so now."""
        with self._lock:
            self._newest = facts
            self._look()

    def _look(self) -> None:
        facts = self._newest
        if facts is None or not self._is_news(facts):
            return
        wait_s = self._quiet_s - (self._clock.monotonic() - self._told_at)
        is_first = self._told is None and not self._is_failing
        if is_first or wait_s <= 0.0:
            self._tell(facts)
        elif not self._is_awaited:
            self._is_awaited = True
            self._later(wait_s, self._look_again)

    def _look_again(self) -> None:
        with self._lock:
            self._is_awaited = False
            self._look()

    def _is_news(self, facts: PrinterFacts) -> bool:
        told, left = self._told, facts.slips_left
        if told is None or replace(facts, slips_left=told.slips_left) != told:
            return True
        if left is None or told.slips_left is None:
            return left != told.slips_left
        fewest = self._fewest = min(left, told.slips_left if self._fewest is None else self._fewest)
        is_new_roll = left > fewest + max(SLIPS_TOLD[-1], fewest // 2)  # an estimate may rise a little by itself
        return is_new_roll or any(left < threshold <= told.slips_left for threshold in SLIPS_TOLD)

    def _tell(self, facts: PrinterFacts) -> None:
        def write(db: Database) -> None:
            with transaction(db):
                append(db, self._store.node, KIOSK_STATUS, kiosk_status(facts))

        try:
            written = self._store.submit(write)
        except RuntimeError:
            return  # the store is closed: the program ends
        now = self._clock.monotonic()
        was_calm = self._told is None or now - self._told_at >= 2 * self._quiet_s
        self._quiet_s = QUIET_S if was_calm else min(2 * self._quiet_s, LONGEST_QUIET_S)
        self._told, self._told_at, self._fewest = facts, now, facts.slips_left
        written.add_done_callback(self._note_failure)

    def _note_failure(self, written: "Future[None]") -> None:
        """On the store's thread. What was not written is news again, and that it was not is said once."""
        error = written.exception()
        if error is not None and not isinstance(error, KioskError):
            raise error
        with self._lock:
            was_failing, self._is_failing = self._is_failing, error is not None
            if error is not None:
                self._told = None
        if error is not None and not was_failing:
            _log.warning("printer_status_not_stored", problem=str(error))


def _by_timer(wait_s: float, call: Callable[[], None]) -> None:
    timer = threading.Timer(wait_s, call)
    timer.daemon = True  # the program does not wait for it
    timer.start()
