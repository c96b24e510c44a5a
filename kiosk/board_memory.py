"""What a board has said already, on its disk: whoever starts it anew within a minute says no call a second time.

One small file, written whole. A disk that hangs must hold up neither what is said next nor the picture, so a thread of
its own writes; a call whose end the disk never heard of may be said again.
"""

import json
import threading
from collections import deque
from pathlib import Path
from typing import Final

import structlog

from kiosk.private_file import write_private

log = structlog.get_logger(__name__)

FILE: Final = "said.json"
MOST_KEPT: Final = 256
"""Far more than a voice can say in the 90 s for which a call is young."""
_LONGEST: Final = 64
_LARGEST_BYTES: Final = 64 * 1024
_ENDS_WITHIN_S: Final = 2.0


class SaidCalls:
    """Names of calls, the oldest first. `add` and `close` belong to one thread. A file that cannot be read is
    forgotten, one that cannot be written is done without; both are logged.
    """

    def __init__(self, folder: Path) -> None:
        self._file = folder / FILE
        self._names = deque(self._read(), maxlen=MOST_KEPT)
        self._news = threading.Condition()
        self._is_new = self._has_ended = self._has_failed = False
        self._thread = threading.Thread(target=self._write_on, name="board-memory", daemon=True)
        self._thread.start()

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._names)

    def add(self, name: str) -> None:
        """Returns at once; it is on the disk soon after."""
        with self._news:
            self._names.append(name)
            self._is_new = True
            self._news.notify()

    def close(self) -> None:
        """What was added is on the disk, unless that hangs."""
        with self._news:
            self._has_ended = True
            self._news.notify()
        self._thread.join(_ENDS_WITHIN_S)

    def _write_on(self) -> None:
        while True:
            with self._news:
                self._news.wait_for(lambda: self._is_new or self._has_ended)
                if not self._is_new:
                    return
                self._is_new = False
                names = list(self._names)
            self._write(names)

    def _write(self, names: list[str]) -> None:
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            write_private(self._file, json.dumps(names).encode())
        except OSError as error:
            if not self._has_failed:
                log.warning("said_calls_lost", file=str(self._file), problem=str(error))
            self._has_failed = True
        else:
            self._has_failed = False

    def _read(self) -> list[str]:
        try:
            with self._file.open("rb") as file:
                names = json.loads(file.read(_LARGEST_BYTES))
            if isinstance(names, list) and all(isinstance(name, str) and len(name) <= _LONGEST for name in names):
                return names
            problem = "it holds no names of calls"
        except FileNotFoundError:
            return []
        except (OSError, ValueError, RecursionError) as error:  # torn, or no JSON
            problem = str(error)
        log.warning("said_calls_lost", file=str(self._file), problem=problem)
        return []
