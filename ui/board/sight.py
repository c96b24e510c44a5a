"""What a board shows of the hall at one moment: a pure function of what it heard, and of the time. Sizes are rows."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from math import floor
from typing import Final
from zoneinfo import ZoneInfo

from kiosk.board_config import BoardConfig, BoardScreenConfig
from kiosk.board_feed import BoardLink, BoardState
from kiosk.domain.language import Language, Text
from kiosk.domain.wording import clock_time, long_date
from kiosk.sync.desk_wire import BoardView, Call
from ui.board.room import takes_two_lines

FRESH: Final = timedelta(seconds=20)
"""So long a call stands out. Nothing that is older ever looks new."""
STALE_S: Final = 10.0
"""So long without news the board says how old its data are; a hiccup of the network alarms nobody."""
SILENT_S: Final = 30.0
"""So long without any sign of life a line that is said to stand is not believed: the server speaks every 15 s."""
USELESS_S: Final = 600.0
"""After so long it says no call at all any more."""
PAGE_S: Final = 8
NOTICE_S: Final = 12
MOST_LAST: Final = 6

ROWS_SHARE: Final = 0.63
"""Of the panel's height, for those who are called now; the rest is header, headings, who was called before, notices."""
ROW_CAPITALS: Final = 1.5
"""A row's least height, in heights of its capitals."""
GAP_CAPITALS: Final = 0.1

_ARROWS: Final = {"right": 0, "down": 45, "left": 180, "up": -45, "straight": -90}
"""Degrees by which an arrow to the right is turned, as signs in buildings do: up is -45, straight ahead -90."""

_NO_TEXT: Final = Text("", "")


class BoardScreen(Enum):
    CONNECTING = auto()
    CALLS = auto()
    QUIET = auto()
    """Nobody is called just now."""
    CLOSED = auto()
    AWAY = auto()
    """The server has been away for so long that nothing it said is worth showing."""


@dataclass(frozen=True, slots=True)
class CallRow:
    """`turn`: degrees of the arrow. `is_fresh`: called a moment ago. `is_said`: just being announced. `lines`: 1, or 2
    where it has no room on one; it takes as many rows, if the panel has two.
    """

    call_id: str
    label: str
    counter: int
    has_floor: bool
    floor: int
    zone_id: str
    zone_en: str
    turn: int
    is_fresh: bool
    is_said: bool
    lines: int = 1


@dataclass(frozen=True, slots=True)
class LastRow:
    call_id: str
    label: str
    counter: int


@dataclass(frozen=True, slots=True)
class Sight:
    """`age_s`: of the data, None while they are live. `page`: from 0. `clock` is empty where nobody knows the time."""

    screen: BoardScreen
    rows: tuple[CallRow, ...] = ()
    last: tuple[LastRow, ...] = ()
    page: int = 0
    pages: int = 1
    age_s: int | None = None
    site: Text = _NO_TEXT
    zone: Text = _NO_TEXT
    clock: str = ""
    date: Text = _NO_TEXT
    hours: str = ""
    notice: Text = _NO_TEXT


def rows_that_fit(screen: BoardScreenConfig) -> int:
    """How many calls of one line have room at once, with letters that the farthest seat reads."""
    room_mm = screen.panel_height_mm * ROWS_SHARE
    return max(1, floor((room_mm / screen.capital_mm + GAP_CAPITALS) / (ROW_CAPITALS + GAP_CAPITALS)))


def server_now(state: BoardState, steady_s: float) -> datetime | None:
    """The server's time, reckoned on by our own steady clock."""
    if state.view is None:
        return None
    return state.view.server_time + timedelta(seconds=steady_s - state.fetched_at)


def data_age_s(state: BoardState, steady_s: float) -> float | None:
    """None while the data are live, or while there are none."""
    age_s = steady_s - state.heard_at
    patience_s = SILENT_S if state.link is BoardLink.LIVE else STALE_S
    return None if state.view is None or age_s < patience_s else age_s


def sight(state: BoardState, steady_s: float, config: BoardConfig, said: str | None = None) -> Sight:
    """`steady_s`: now, on the clock by which the state was dated. `said`: the call that is being announced."""
    view, now = state.view, server_now(state, steady_s)
    if view is None or now is None:
        return Sight(BoardScreen.CONNECTING)
    age_s = data_age_s(state, steady_s)
    standing = [call for call in view.now if not call.is_over]
    if age_s is not None and age_s > USELESS_S:
        standing, screen = [], BoardScreen.AWAY
    elif standing:
        screen = BoardScreen.CALLS
    else:
        screen = BoardScreen.QUIET if view.is_open else BoardScreen.CLOSED
    fit = rows_that_fit(config.screen)
    sheets = _sheets(standing, fit, config.screen)
    said_on = next((page for page, calls in enumerate(sheets) if any(call.call == said for call in calls)), None)
    page = said_on if said_on is not None else floor(steady_s / PAGE_S) % len(sheets)
    is_live = age_s is None
    local = now.astimezone(ZoneInfo(view.timezone))
    has_clock = view.is_time_trusted
    return Sight(
        screen,
        rows=tuple(_row(call, view, config, now, said if is_live else None, is_live=is_live) for call in sheets[page]),
        last=() if screen is BoardScreen.AWAY else _last(view, standing),
        page=page,
        pages=len(sheets),
        age_s=None if age_s is None else int(age_s),
        site=Text(view.name_id, view.name_en),
        zone=Text(view.zone_name_id, view.zone_name_en),
        clock=clock_time(local.time(), Language.INDONESIAN) if has_clock else "",
        date=Text(*(long_date(local.date(), each) if has_clock else "" for each in Language)),
        hours=view.hours,
        notice=_notice(view, steady_s),
    )


def _sheets(standing: list[Call], fit: int, screen: BoardScreenConfig) -> list[list[Call]]:
    """The calls by pages, in their order; one at least."""
    sheets: list[list[Call]] = [[]]
    taken = 0
    for call in standing:
        rows = min(_lines(call, screen), fit)
        if taken + rows > fit:
            sheets.append([])
            taken = 0
        sheets[-1].append(call)
        taken += rows
    return sheets


def _lines(call: Call, screen: BoardScreenConfig) -> int:
    return 2 if takes_two_lines(call.label, call.counter, call.floor, screen) else 1


def _row(  # noqa: PLR0913  # all that one row depends on
    call: Call, view: BoardView, config: BoardConfig, now: datetime, said: str | None, *, is_live: bool
) -> CallRow:
    zone = next((each for each in view.zones if each.id == call.zone), None)
    is_elsewhere = zone is not None and call.zone != view.zone
    return CallRow(
        call.call,
        call.label,
        call.counter,
        has_floor=call.floor is not None,
        floor=call.floor or 0,
        zone_id=zone.name_id if zone is not None and is_elsewhere else "",
        zone_en=zone.name_en if zone is not None and is_elsewhere else "",
        turn=_turn(call.zone, config),
        is_fresh=is_live and timedelta(0) <= now - call.called_at + timedelta(seconds=2) <= FRESH,
        is_said=call.call == said,
        lines=_lines(call, config.screen),
    )


def _last(view: BoardView, standing: list[Call]) -> tuple[LastRow, ...]:
    """Newest first, each label once, and none that is called now."""
    labels = {call.label for call in standing}
    rows: list[LastRow] = []
    for call in (*view.last, *(each for each in view.now if each.is_over)):
        if call.label not in labels:
            labels.add(call.label)
            rows.append(LastRow(call.call, call.label, call.counter))
    return tuple(rows[:MOST_LAST])


def _notice(view: BoardView, steady_s: float) -> Text:
    if not view.notices:
        return _NO_TEXT
    notice = view.notices[floor(steady_s / NOTICE_S) % len(view.notices)]
    return Text(notice.text_id, notice.text_en)


def _turn(zone: str, config: BoardConfig) -> int:
    for way, degrees in _ARROWS.items():
        zones: str = getattr(config.directions, way)
        if zone and zone in {each.strip() for each in zones.split(",")}:
            return degrees
    return 0
