"""A small file outside of the data folder, best on another disk: it tells when the database was put back to an earlier
day, even to a kiosk that no server can tell.
"""

import json
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import structlog

from kiosk.private_file import write_private

log = structlog.get_logger(__name__)

_LATELY = timedelta(days=2)
"""A label counts within one service day; a clock that was set, and the turn of a day, are in this too."""


@dataclass(frozen=True, slots=True)
class Testimony:
    """How far a kiosk has come: its starts, the incarnation of the last one (None before the first), and the last event
    that was seen of it. `losses`: the days on which a disk was found to have come back from the past.
    """

    boots: int
    incarnation: str | None
    sequence: int
    losses: tuple[date, ...] = ()

    def is_beyond(self, database: "Testimony") -> bool:
        """Whether the database has forgotten something of which this testifies."""
        if self.boots != database.boots:
            return self.boots > database.boots
        return self.incarnation != database.incarnation or self.sequence > database.sequence

    def after_start(self, incarnation: str, database: "Testimony", at: datetime) -> "Testimony":
        """What to remember of a start that begins now; a loss that is long past has no labels left to repeat."""
        recent = tuple(day for day in self.losses if at.date() - day < _LATELY)
        return Testimony(max(self.boots, database.boots) + 1, incarnation, 1, recent)

    def with_loss(self, at: datetime) -> "Testimony":
        return replace(self, losses=(*self.losses, at.date()))


class Witness:
    """`folder`: made when it is first written to. Used on one thread."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._written: tuple[str, Testimony] | None = None

    def recall(self, device_id: str) -> Testimony | None:
        """None where there is none, or none that can be read: then nothing is known."""
        path = self._path(device_id)
        try:
            return _read(json.loads(path.read_bytes()))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError) as error:
            log.warning("witness_failed", path=str(path), problem=str(error))
            return None

    def remember(self, device_id: str, testimony: Testimony) -> None:
        """A disk that cannot be written stops no kiosk."""
        if self._written == (device_id, testimony):
            return
        path = self._path(device_id)
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_private(path, json.dumps(asdict(testimony), default=date.isoformat).encode())
        except OSError as error:
            log.warning("witness_failed", path=str(path), problem=str(error))
        self._written = device_id, testimony

    def _path(self, device_id: str) -> Path:
        return self._folder / f"witness-{device_id}.json"


def _read(document: Any) -> Testimony:
    boots, incarnation, sequence = document["boots"], document["incarnation"], document["sequence"]
    if not (isinstance(boots, int) and isinstance(sequence, int) and isinstance(incarnation, str)):
        raise TypeError("not a testimony")
    return Testimony(boots, incarnation, sequence, tuple(date.fromisoformat(day) for day in document["losses"]))
