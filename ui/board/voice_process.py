"""What a board is heard through: a program of its own, which a board starts, hears and kills: `giliran voice`.

Lines of JSON: at the start `{"speaks": ["id", "en"]}`, or `null` for no engine (`{"plays": true}` from one that only
plays files); then for each `{"text": ..., "language": "id", "volume": 0.8}` (`{"play": FILE, "volume": 0.8}`) that
comes in one `{"said": true}`, when it has been heard.
"""

import json
import os
import sys
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

import click
from PySide6.QtCore import QCoreApplication

if TYPE_CHECKING:
    from ui.board.mouth import Mouth
    from ui.board.player import Player

SOUNDS: Final = "sounds"
"""In place of an engine's name: play files, and open no engine at all."""


def run_voice(engine_name: str | None = None) -> int:
    """Until standard input ends. `engine_name`: which of Qt's engines, or SOUNDS; else the system's own."""
    application = QCoreApplication(sys.argv[:1])
    one = open_sounds(_heard) if engine_name == SOUNDS else open_engine(engine_name, _heard)
    if one is None:
        return 0
    threading.Thread(target=_listen, args=(one,), daemon=True).start()
    return application.exec()


def open_sounds(on_heard: Callable[[], None]) -> "Player | None":
    try:
        from ui.board.player import Player  # noqa: PLC0415  # links to the sound system, which may be absent
    except ImportError:
        tell({"plays": False})
        return None
    player = Player(on_heard)
    tell({"plays": True})
    return player


def open_engine(name: str | None, on_heard: Callable[[], None]) -> "Mouth | None":
    try:
        from ui.board.mouth import Mouth, engine_of, spoken_by  # noqa: PLC0415  # links to the sound system, too
    except ImportError:
        tell({"speaks": None})
        return None
    engine = engine_of(name)
    if engine is None:
        tell({"speaks": None})
        return None
    mouth = Mouth(engine, on_heard)
    tell({"speaks": spoken_by(engine)})
    return mouth


def _heard() -> None:
    tell({"said": True})


def tell(message: dict[str, object]) -> None:
    click.echo(json.dumps(message))


def _listen(one: "Mouth | Player") -> None:
    for line in sys.stdin:
        one.asked.emit(line)
    os._exit(0)  # the board is gone: a sound system that hangs must not keep this program
