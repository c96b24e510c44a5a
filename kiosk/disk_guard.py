"""Watching the disk that a database lies on: warnings while there is time, fewer log lines, and ballast at the end."""

import os
import shutil
import threading
from enum import StrEnum
from pathlib import Path
from typing import Final, NamedTuple

import structlog

from kiosk.ballast import Ballast
from kiosk.logs import log_errors_only

_log = structlog.get_logger(__name__)

LOOK_EVERY_S: Final = 60.0
LOW_BYTES: Final = 500_000_000
NEARLY_FULL_BYTES: Final = 200_000_000
_LOW_SHARE: Final = 20
_NEARLY_FULL_SHARE: Final = 50


class Room(StrEnum):
    PLENTY = "plenty"
    LOW = "low"
    """Little is left: a person has some days."""
    NEARLY_FULL = "nearly_full"
    """Only errors are logged, so that what is left is for tickets."""


class Limits(NamedTuple):
    """Free bytes below which the disk is low, and nearly full."""

    low: int
    nearly_full: int

    @classmethod
    def of(cls, total: int) -> "Limits":
        """On small disks 5 % and 2 % of them."""
        return cls(min(LOW_BYTES, total // _LOW_SHARE), min(NEARLY_FULL_BYTES, total // _NEARLY_FULL_SHARE))


class DiskGuard:
    """Of one data folder, which is there. Safe to use from many threads. What the disk does to it is never raised.

    `ballast_bytes` None: what suits the disk; 0: no ballast, where the database lies elsewhere.
    """

    def __init__(self, folder: Path, ballast_bytes: int | None = None) -> None:
        self._folder = folder
        self._ballast_bytes = ballast_bytes
        self._lock = threading.Lock()
        self._room = Room.PLENTY

    @property
    def room(self) -> Room:
        """As at the last look."""
        return self._room

    def look(self) -> Room:
        """Says once what has changed, and takes ballast where that leaves the disk better than nearly full."""
        with self._lock:
            try:
                usage = shutil.disk_usage(self._folder)
                limits = Limits.of(usage.total)
                free = usage.free - self._missing_ballast(usage.free, limits)
            except OSError as error:
                _log.warning("disk_not_measured", problem=error.strerror or str(error))
                return self._room
            self._say(_room(free, limits, self._room), free)
            return self._room

    def relieve(self) -> bool:
        """The disk is full: whether there was ballast to give back, so that it is worth trying again."""
        with self._lock:
            try:
                given = self._ballast().give_back()
                free = shutil.disk_usage(self._folder).free
            except OSError as error:
                _log.error("disk_not_measured", problem=error.strerror or str(error))
                return False
            if given:
                _log.error("ballast_given", free_bytes=free)
            self._say(Room.NEARLY_FULL, free)
            return given

    def _missing_ballast(self, free: int, limits: Limits) -> int:
        """Takes it where there is room, well above where it was given back. Returns the bytes that this has cost."""
        ballast = self._ballast()
        if not ballast.size or ballast.is_held or free - ballast.size < limits.nearly_full:
            return 0
        ballast.take()
        return ballast.size

    def _ballast(self) -> Ballast:
        return Ballast(self._folder, self._ballast_bytes)

    def _say(self, room: Room, free: int) -> None:
        if room is self._room:
            return
        self._room = room
        log_errors_only(is_wanted=room is Room.NEARLY_FULL)
        facts = {"free_bytes": free, "folder": os.fspath(self._folder)}
        if room is Room.NEARLY_FULL:
            _log.error("disk_nearly_full", **facts)
        elif room is Room.LOW:
            _log.warning("disk_low", **facts)
        else:
            _log.info("disk_has_room", **facts)


def _room(free: int, limits: Limits, before: Room) -> Room:
    """A tenth more is asked for on the way back, so that a disk at a limit does not say so every minute."""
    nearly_full = limits.nearly_full * (11 if before is Room.NEARLY_FULL else 10) // 10
    low = limits.low * (10 if before is Room.PLENTY else 11) // 10
    if free < nearly_full:
        return Room.NEARLY_FULL
    return Room.LOW if free < low else Room.PLENTY
