"""A board of the hall in every state, on both kinds of TV: the board's part of `make screens`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

from kiosk.board_config import BoardConfig, BoardLanguages, BoardScreenConfig
from kiosk.board_feed import BoardLink, BoardState
from kiosk.clock import FakeClock
from kiosk.sync.desk_wire import BoardNotice, BoardView, BoardZone, Call
from ui.board.app import BoardApplication
from ui.driver import VisitorDriver

_NOW: Final = datetime(2026, 11, 23, 2, 41, tzinfo=UTC)
_TVS: Final = {
    "1080": BoardScreenConfig(full_screen=False, animations=False),
    "2160": BoardScreenConfig(3840, 2160, 1660.0, full_screen=False, animations=False),
}


@dataclass(frozen=True, slots=True)
class _Scene:
    """`late_s`: so long ago the server was heard last. `is_said`: the newest call is being announced."""

    view: BoardView | None
    late_s: float = 0.0
    is_said: bool = False


def _call(number: int, label: str, counter: int, ago_s: float, zone: str = "B") -> Call:
    return Call(
        call=f"{number:016x}",
        label=label,
        counter=counter,
        floor={"A": 1, "B": 2}[zone],
        zone=zone,
        queue=label.partition("-")[0],
        language="id",
        called_at=_NOW - timedelta(seconds=ago_s),
    )


_LAST: Final = tuple(_call(90 + n, f"{'ABDFKM'[n]}-{20 + n:03d}", n + 4, 200) for n in range(6))
_TWO: Final = (_call(1, "D-045", 3, 2), _call(2, "K-007A", 12, 40, "A"))
_QUIET: Final = BoardView(
    server_time=_NOW,
    site="mpp-jakarta",
    name_id="Mal Pelayanan Publik DKI Jakarta",
    name_en="Jakarta Public Service Mall",
    service_day=date(2026, 11, 23),
    zone="",
    zone_name_id="",
    zone_name_en="",
    last=_LAST,
    notices=(BoardNotice(text_id="Siapkan KTP dan tiket Anda.", text_en="Please have your ID card and ticket ready."),),
    hours="07.30-16.00",
    zones=(
        BoardZone(id="A", floor=1, name_id="Zona A", name_en="Zone A"),
        BoardZone(id="B", floor=2, name_id="Zona B", name_en="Zone B"),
    ),
)


def _with(*now: Call) -> BoardView:
    return _QUIET.model_copy(update={"now": now})


_SCENES: Final[Mapping[str, _Scene]] = {
    "connecting": _Scene(None),
    "called": _Scene(_with(*_TWO)),
    "announced": _Scene(_with(*_TWO), is_said=True),
    "many": _Scene(_with(*(_call(n, f"{'ABDFKM'[n % 6]}-{30 + n:03d}", n + 4, n * 9.0) for n in range(7)))),
    "longest": _Scene(_with(_call(1, "KM-999K2", 9999, 30))),
    "longest-of-all": _Scene(_with(_call(1, "MM-60000W9", 9999, 2), _call(2, "D-045", 3, 40))),
    "quiet": _Scene(_QUIET),
    "closed": _Scene(_QUIET.model_copy(update={"is_open": False, "last": ()})),
    "old-data": _Scene(_with(*_TWO), late_s=190),
    "cut-off": _Scene(_with(*_TWO), late_s=3000),
    "no-clock": _Scene(_with(*_TWO).model_copy(update={"is_time_trusted": False})),
}


def render_board(folder: Path, only: str = "") -> int:
    """Into `folder`/board-<tv>-<languages>-<look>. Returns how many pictures."""
    pictures = 0
    for name, config in _series():
        if name.startswith(only):
            for number, (scene_name, scene) in enumerate(_SCENES.items(), start=1):
                _render(folder / name / f"{number:02d}-{scene_name}.png", scene, config)
                pictures += 1
    return pictures


def _series() -> Iterator[tuple[str, BoardConfig]]:
    for tv, screen in _TVS.items():
        for languages in BoardLanguages:
            for look, has_contrast in (("normal", False), ("contrast", True)):
                config = BoardConfig(languages=languages, screen=replace(screen, high_contrast=has_contrast))
                yield f"board-{tv}-{languages.replace(',', '-')}-{look}", config


def _render(path: Path, scene: _Scene, config: BoardConfig) -> None:
    clock = FakeClock(_NOW)
    board = BoardApplication(config, clock)
    try:
        board.window.resize(config.screen.width_px, config.screen.height_px)
        board.window.show()
        link = BoardLink.LOST if scene.late_s else BoardLink.LIVE
        if scene.view is not None:
            clock.advance(timedelta(seconds=scene.late_s))
            board.view_model.show_state(BoardState(link, scene.view))
            board.view_model.show_said(scene.view.now[0].call if scene.is_said else None)
        VisitorDriver(board.window).save(path)
    finally:
        board.close()
    for warning in board.qml_warnings:
        print(warning)
