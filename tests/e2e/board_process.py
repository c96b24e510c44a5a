"""A board's feed and announcer as a process, without a window: says each new call that it shows, and each that it says.

`python -m tests.e2e.board_process SERVER-URL [FOLDER]`; ends with its standard input. FOLDER: where it remembers what
it has said, as a real board does.
"""

import json
import sys
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from kiosk.board_config import BoardSyncConfig
from kiosk.board_feed import BoardFeed, BoardLink, BoardState
from kiosk.board_memory import SaidCalls
from kiosk.domain.announcement import Announcement
from kiosk.domain.language import Language
from kiosk.logs import configure_logging
from ui.board.announcer import Announcer


def say(**facts: Any) -> None:
    sys.stdout.write(json.dumps(facts) + "\n")
    sys.stdout.flush()


class QuickVoice:
    """Has said everything at once. `pending`: whom it must tell so, once nobody is in its way."""

    def __init__(self) -> None:
        self.pending: deque[Callable[[], None]] = deque()
        self.announcer: Announcer | None = None

    def ring(self, on_done: Callable[[], None]) -> None:
        self.pending.append(on_done)

    def say(self, words: Announcement, on_done: Callable[[], None]) -> None:
        assert self.announcer is not None
        say(said=self.announcer.announced, text=words.text)
        self.pending.append(on_done)


class Board:
    def __init__(self, memory: SaidCalls | None) -> None:
        self._voice = QuickVoice()
        self._announcer = Announcer(
            self._voice,
            (Language.INDONESIAN,),
            lambda: datetime.now(UTC),
            said=() if memory is None else memory.names,
            on_said=lambda call: None if memory is None else memory.add(call),
        )
        self._voice.announcer = self._announcer
        self._shown: set[str] = set()

    def look(self, state: BoardState) -> None:
        if state.view is None or state.link is not BoardLink.LIVE:
            return
        now = {call.call: call for call in state.view.now}
        for name in now.keys() - self._shown:
            say(shown=name, label=now[name].label, counter=now[name].counter)
        for name in self._shown - now.keys():
            say(gone=name)
        self._shown = set(now)
        self._announcer.hear(state.view)
        while self._voice.pending:
            self._voice.pending.popleft()()


def main() -> None:
    configure_logging(None)  # only answers on standard output
    memory = SaidCalls(Path(sys.argv[2])) if len(sys.argv) > 2 else None
    feed = BoardFeed(BoardSyncConfig(server=sys.argv[1]), None, Board(memory).look)
    feed.start()
    say(ready=True)
    for _ in sys.stdin:
        pass
    feed.stop()
    if memory is not None:
        memory.close()


if __name__ == "__main__":
    main()
