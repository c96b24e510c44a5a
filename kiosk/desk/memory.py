"""What a desk must still know when it starts without its server: `desk.json` in its data folder. No person is in it."""

from datetime import date
from pathlib import Path
from typing import Final

import structlog
from pydantic import BaseModel, ConfigDict, ValidationError

from kiosk.private_file import write_private
from kiosk.sync.desk_wire import VisitView

log = structlog.get_logger(__name__)

FILE_NAME: Final = "desk.json"


class Memory(BaseModel):
    """`day`: the last service day that the server has told of. `counter` and its `queues`: as this desk had them last.
    `visit`: whom it last began to serve from paper; whether it still does is in its log. `done`: ticket and position of
    every stop of that day that the server has told to be over, or to have ended here.
    """

    model_config = ConfigDict(frozen=True)

    day: date | None = None
    counter: int | None = None
    queues: tuple[str, ...] = ()
    visit: VisitView | None = None
    done: tuple[tuple[str, int], ...] = ()


def recall(folder: Path) -> Memory:
    """Empty where there is none, or none that can be read: tickets are served all the same."""
    try:
        return Memory.model_validate_json((folder / FILE_NAME).read_bytes())
    except FileNotFoundError:
        return Memory()
    except (OSError, ValidationError) as error:
        log.warning("desk_memory_lost", problem=type(error).__name__)
        return Memory()


def remember(folder: Path, memory: Memory) -> None:
    """Whole, and on the disk before it returns. A disk that refuses it refuses the log too, which says so."""
    try:
        write_private(folder / FILE_NAME, memory.model_dump_json().encode())
    except OSError as error:
        log.warning("desk_memory_lost", problem=type(error).__name__)
