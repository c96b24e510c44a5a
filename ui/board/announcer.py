"""Who is said when: one call after the other, none cut off, each twice, none too late. Knows no engine and no clock."""

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Protocol

import structlog

from kiosk.domain.announcement import Announcement, announcement
from kiosk.domain.language import Language
from kiosk.sync.desk_wire import BoardView, Call

log = structlog.get_logger(__name__)

TOO_OLD: Final = timedelta(seconds=90)
"""A call of so long ago is not said any more: who was meant has come, or was given up."""
TIMES: Final = 2
_MOST_REMEMBERED: Final = 4000
"""Names of calls, so that none is said again: more than a hall's busiest day."""


class Speech(Protocol):
    """Says one thing at a time. `on_done` is called once for each, whatever comes of it, never before it returns."""

    def ring(self, on_done: Callable[[], None]) -> None:
        """The bell before a call."""

    def say(self, words: Announcement, on_done: Callable[[], None]) -> None: ...


@dataclass(slots=True)
class _Turn:
    """A call that is being said, and what of it is still to be said."""

    call: Call
    rest: deque[Announcement] = field(default_factory=deque)


class Announcer:
    """Belongs to one thread. `now`: the server's time, by which calls are dated. `is_heard`: whether sound is wanted
    now (hours, silence); what is not heard is not caught up on. `on_turn`: which call is being said, or None. `said`:
    what was said to its end before the program was started anew. `on_said`: a call was said as often as it should be.
    """

    def __init__(  # noqa: PLR0913  # what it stands on, none of which it knows
        self,
        speech: Speech,
        languages: Sequence[Language],
        now: Callable[[], datetime],
        is_heard: Callable[[], bool] = lambda: True,
        on_turn: Callable[[str | None], None] = lambda _: None,
        *,
        said: Iterable[str] = (),
        on_said: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._speech = speech
        self._languages = tuple(languages)
        self._now = now
        self._is_heard = is_heard
        self._on_turn = on_turn
        self._on_said = on_said
        self._known: dict[str, None] = dict.fromkeys(said)
        self._waiting: deque[Call] = deque()
        self._turn: _Turn | None = None

    @property
    def announced(self) -> str | None:
        """The call that is being said."""
        return None if self._turn is None else self._turn.call.call

    def hear(self, view: BoardView) -> None:
        """The hall as it is now. Calls that it does not hold any more lose their turn, unless they have begun."""
        standing = {call.call for call in (*view.now, *view.last) if not call.is_over}
        self._waiting = deque(call for call in self._waiting if call.call in standing)
        for call in sorted(view.now, key=lambda call: (call.called_at, call.call)):
            if call.call not in self._known:
                self._remember(call.call)
                if not call.is_over and not self._is_late(call):
                    self._waiting.append(call)
        if self._turn is None:
            self._begin()

    def forget(self) -> None:
        """Nothing that waits is said: nobody knows whether it still stands. What is heard of again, still young, is."""
        for call in self._waiting:
            self._known.pop(call.call, None)
        self._waiting.clear()

    def _begin(self) -> None:
        while self._waiting:
            call = self._waiting.popleft()
            if self._is_late(call):
                log.info("call_not_said", call=call.call, called_at=call.called_at.isoformat())
                continue
            if not self._is_heard():
                continue
            words = _words(call, self._languages)
            if words:
                self._turn = _Turn(call, deque(words * TIMES))
                self._on_turn(call.call)
                self._speech.ring(_once(self._go_on))
                return

    def _go_on(self) -> None:
        turn = self._turn
        if turn is not None and turn.rest:
            self._speech.say(turn.rest.popleft(), _once(self._go_on))
            return
        self._turn = None
        if turn is not None:
            self._on_said(turn.call.call)
        self._begin()
        if self._turn is None:
            self._on_turn(None)

    def _is_late(self, call: Call) -> bool:
        return self._now() - call.called_at > TOO_OLD

    def _remember(self, call: str) -> None:
        self._known[call] = None
        while len(self._known) > _MOST_REMEMBERED:
            del self._known[next(iter(self._known))]


def _words(call: Call, languages: Sequence[Language]) -> tuple[Announcement, ...]:
    """Nothing for a label that this version cannot read: the board shows it all the same."""
    try:
        return tuple(announcement(call.label, call.counter, call.floor, language) for language in languages)
    except ValueError:
        return ()


def _once(work: Callable[[], None]) -> Callable[[], None]:
    """An engine that says twice that it is done must not have two calls said at once."""
    is_open = True

    def done() -> None:
        nonlocal is_open
        if is_open:
            is_open = False
            work()

    return done
