"""The roll of paper in one printer, remembered over restarts: how many slips are left, and whether to change it soon.

An aid, never a condition: whatever is wrong with its file, the printer prints, and the book says that it does not know.
"""

import json
import threading
from collections import Counter
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

import structlog
from pydantic import AwareDatetime, TypeAdapter, ValidationError

from kiosk.clock import Clock, SystemClock
from kiosk.private_file import write_private
from printing.known_profile import probed_file
from printing.roll_estimate import Roll
from printing.status import PrinterStatus

log = structlog.get_logger(__name__)

FEW_SLIPS: Final = 50
"""Fewer, and the roll is to be changed in the next quiet minute."""

_BUSY_S: Final = 1_800
"""Nor may it end within half an hour of such a rush as the last day saw: nobody leaves a queue to fetch paper."""


def roll_file(device: str, data_dir: Path) -> Path:
    """Where a kiosk remembers the roll in `device`."""
    return probed_file(device, data_dir).with_suffix(".roll.json")


@dataclass(frozen=True, slots=True)
class _Page:
    roll: Roll
    confirmed_at: AwareDatetime | None = None


_PAGE: Final = TypeAdapter(_Page)


class RollBook:
    """`roll_m`: metres on a new roll, as its label says. Reads from any thread; no method raises.

    Nothing is written before `keep`: so that no visitor waits for the disk, and a power cut forgets one slip at most.
    """

    def __init__(self, file: Path, roll_m: float, clock: Clock | None = None) -> None:
        self._file = file
        self._clock = clock or SystemClock()
        self._lock = threading.Lock()
        self._kept = _read(file, roll_m)
        self._page = self._kept
        self._is_write_failing = False
        self._half_hours: Counter[int] = Counter()

    @property
    def slips_left(self) -> int | None:
        """Such as were printed lately. None: nobody saw this roll begin."""
        return self._page.roll.slips_left

    @property
    def is_low(self) -> bool:
        """Change it in the next quiet minute."""
        roll = self._page.roll
        left = roll.slips_left
        busiest = max(self._half_hours.values(), default=0)
        return roll.is_near_end or (left is not None and left < max(FEW_SLIPS, busiest))

    @property
    def confirmed_at(self) -> datetime | None:
        """When this printer confirmed a slip last."""
        return self._page.confirmed_at

    def used(self, mm: float) -> None:
        """A slip took so much paper, whatever became of it."""
        with self._lock:
            if mm > 0:
                self._count_slip()
            self._page = _Page(self._page.roll.after_slip(mm), self._page.confirmed_at)

    def saw(self, status: PrinterStatus) -> None:
        with self._lock:
            self._page = _Page(self._page.roll.after_status(status), self._page.confirmed_at)

    def confirmed(self) -> None:
        """The printer confirmed a slip now."""
        with self._lock:
            self._page = _Page(self._page.roll, self._clock.now())

    def new_roll(self) -> None:
        """A person put a whole roll in. Returns at once; kept with the next `keep`."""
        with self._lock:
            self._page = _Page(self._page.roll.renewed(), self._page.confirmed_at)

    def keep(self) -> None:
        """Put on the disk what has changed. A disk that fails is said once; the book goes on in memory."""
        page = self._page
        if page == self._kept:
            return
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            write_private(self._file, json.dumps(asdict(page), default=datetime.isoformat).encode())
        except OSError as error:
            if not self._is_write_failing:
                log.warning("roll_not_kept", file=self._file.name, problem=error.strerror)
            self._is_write_failing = True
            return
        self._kept, self._is_write_failing = page, False

    def _count_slip(self) -> None:
        now = int(self._clock.monotonic() // _BUSY_S)
        self._half_hours[now] += 1
        for past in [half_hour for half_hour in self._half_hours if half_hour <= now - 48]:
            del self._half_hours[past]


def _read(file: Path, roll_m: float) -> _Page:
    try:
        page = _PAGE.validate_json(file.read_bytes())
    except FileNotFoundError:
        return _Page(Roll(roll_m))
    except (OSError, ValidationError) as error:
        log.warning("roll_forgotten", file=file.name, problem=type(error).__name__)
        return _Page(Roll(roll_m))
    return _Page(page.roll.labelled(roll_m), page.confirmed_at)
