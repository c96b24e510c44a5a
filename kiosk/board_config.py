"""What a technician sets for one board of the hall, from one TOML file.

Every default stands beside its reason; `docs/board.example.toml` is written from them (scripts/write_docs.py).
"""

# ruff: noqa: RUF009  # setting() is dataclasses.field() with a reason
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import time
from enum import StrEnum
from math import floor
from pathlib import Path
from typing import Final

from kiosk.config import SERVER_URL, authority_problems, folder_problems
from kiosk.domain.language import Language
from kiosk.errors import DataFileError, Problem
from kiosk.settings_file import example_lines, read_settings, setting, written_kind

_EXAMPLE_HEAD: Final = """\
# Giliran: the settings of one board of the hall. Every line shows the default; leave out what suits you, but not kind.
# Relative paths start at this file's folder. Try it: giliran board --config board.toml
# Written by `python -m scripts.write_docs` from kiosk/board_config.py.
"""

CAPITAL_PART: Final = 0.0122
"""Of the distance: the height of capitals that is read there (EN 301 549, 5.1.4): 122 mm at 10 m."""
_WIDEST_CAPITALS: Final = 9.55
"""The widest label that there can be, "MM-60000W9", on a line of its own, in heights of its capitals."""
_MARGINS_SHARE: Final = 0.06
"""Of the panel's height, left and right of a call together."""
_HIGHEST_CAPITALS: Final = 3.9
"""A heading, one call on two lines and who was called before, in heights of the call's capitals."""

_CLOCK: Final = r"([01]\d|2[0-3]):[0-5]\d"
_ZONES: Final = (r"([^,\x00-\x1f\x7f]{1,60}(,[^,\x00-\x1f\x7f]{1,60})*)?", 'zone ids, such as "A,B"')


class BoardLanguages(StrEnum):
    INDONESIAN = "id"
    BOTH = "id,en"

    @property
    def each(self) -> tuple[Language, ...]:
        return tuple(Language(part) for part in self.value.split(","))


@dataclass(frozen=True, slots=True)
class BoardSyncConfig:
    """`authority`: see kiosk.sync.tls.trusted. `site`: may be left out where the server knows one site."""

    server: str = setting("http://127.0.0.1:8035", "the site server", pattern=SERVER_URL)
    authority: Path | None = setting(
        None, "PEM file of the one authority that a https:// server is believed by; without one the machine's own store"
    )
    site: str | None = setting(
        None,
        "the site's id; may be left out where the server knows one site, as a site server does",
        pattern=(r"[a-z0-9][a-z0-9-]{0,39}", "an id such as mpp-jakarta"),
    )


@dataclass(frozen=True, slots=True)
class BoardScreenConfig:
    """The TV. Every size on it comes from its real width and from how far away people read it.

    1210 mm is a 55-inch TV: two calls at once are read from 10 m, by EN 301 549, 5.1.4.
    """

    width_px: int = setting(1920, "as mounted: 1920, or 3840 where the machine drives it so", among=range(640, 16385))
    height_px: int = setting(1080, "as mounted: 1080, or 2160", among=range(360, 16385))
    panel_width_mm: float = setting(
        1210.0, "visible width, measured with a ruler: all sizes derive from it", among=range(200, 6001)
    )
    distance_m: float = setting(
        10.0, "the farthest seat: numbers are so large that they are read from there", among=range(1, 41)
    )
    full_screen: bool = setting(True, "false only on a developer's desk")
    animations: bool = setting(True, "false spares weak machines; the call still stands out by colour")
    high_contrast: bool = setting(False, "black ground, white and yellow letters: for halls with much daylight")

    @property
    def capital_mm(self) -> float:
        """The least height of the capitals of a call."""
        return 1000 * self.distance_m * CAPITAL_PART

    @property
    def panel_height_mm(self) -> float:
        return self.panel_width_mm * self.height_px / self.width_px


@dataclass(frozen=True, slots=True)
class BoardVoiceConfig:
    """What is heard. The flash is there in any case: sound needs a visual twin (EN 301 549, 5.1.5)."""

    on: bool = setting(True, "false: a bell only, no words")
    silent: bool = setting(False, "true: no sound at all, the board only flashes")
    loudness: int = setting(80, "0 to 100, of what the machine can do", among=range(101))
    begins: str = setting("00:00", "before this time of the hall's clock it only flashes", pattern=(_CLOCK, "HH:MM"))
    ends: str = setting("24:00", "from this time on it only flashes", pattern=(f"{_CLOCK}|24:00", "HH:MM"))
    words: Path | None = setting(
        None, "a folder of recorded words, which speaks instead of the machine when complete: docs/announcements.md"
    )

    def is_heard_at(self, local: time) -> bool:
        """Whether sound is wanted at this wall time of the hall."""
        now = local.strftime("%H:%M")
        return not self.silent and self.loudness > 0 and self.begins <= now < self.ends


@dataclass(frozen=True, slots=True)
class BoardDirectionsConfig:
    """Where people go from this board, by zone. A zone that is in none gets an arrow that only says "go"."""

    left: str = setting("", "zones to which people turn left here, as in the site file", pattern=_ZONES)
    right: str = setting("", "zones to the right", pattern=_ZONES)
    straight: str = setting("", "zones straight ahead", pattern=_ZONES)
    up: str = setting("", "zones upstairs", pattern=_ZONES)
    down: str = setting("", "zones downstairs", pattern=_ZONES)


@dataclass(frozen=True, slots=True)
class BoardConfig:
    """`zone`: an id of the site's file, or `all`."""

    kind: str = setting("board", "what this file is for", pattern=("board", '"board"'))
    name: str = setting(
        "Papan panggilan",
        "what technicians call this machine",
        pattern=(r"[^\x00-\x1f\x7f]{1,60}", "1 to 60 characters, without control characters"),
    )
    zone: str = setting(
        "all",
        "the zone whose calls it shows and says, as in the site file; all: the whole hall",
        pattern=(r"[^\x00-\x1f\x7f]{1,60}", "a zone's id, or all"),
    )
    languages: BoardLanguages = setting(
        BoardLanguages.INDONESIAN, 'id, or "id,en": what is seen and said in English after the Indonesian'
    )
    data_dir: Path = setting(Path("board-data"), "for its log; on the machine's own disk, never on a stick")
    sync: BoardSyncConfig = field(default_factory=BoardSyncConfig)
    screen: BoardScreenConfig = field(default_factory=BoardScreenConfig)
    voice: BoardVoiceConfig = field(default_factory=BoardVoiceConfig)
    directions: BoardDirectionsConfig = field(default_factory=BoardDirectionsConfig)


def load_board_config(path: Path) -> BoardConfig:
    """Raises DataFileError with everything that is wrong in the file; what is merely away is named along with it."""
    config, problems = read_settings(BoardConfig, path)
    faults = (*problems, *_contradictions(path, config))
    if faults:
        raise DataFileError(str(path), (*faults, *folder_problems(config.data_dir)))
    return config


def readable_from_m(screen: BoardScreenConfig) -> float:
    """The farthest distance for which one call has room on this panel, in metres and rounded down."""
    line_mm = screen.panel_width_mm - _MARGINS_SHARE * screen.panel_height_mm
    capital_mm = min(line_mm / _WIDEST_CAPITALS, screen.panel_height_mm / _HIGHEST_CAPITALS)
    return floor(capital_mm / 100 / CAPITAL_PART) / 10


def example_board_config() -> str:
    """What `docs/board.example.toml` holds."""
    return _EXAMPLE_HEAD + "\n".join(example_lines(BoardConfig())) + "\n"


def _contradictions(path: Path, config: BoardConfig) -> Iterator[Problem]:
    if written_kind(path) is None:
        yield Problem("kind", 'must be there: kind = "board"')
    yield from authority_problems(config.sync.server, config.sync.authority)
    farthest = readable_from_m(config.screen)
    if config.screen.distance_m > farthest:
        yield Problem(
            "screen.distance_m",
            f"must be at most {farthest:g}: letters for {config.screen.distance_m:g} m have no room on a panel"
            f" {config.screen.panel_width_mm:g} mm wide",
        )
    if config.voice.begins >= config.voice.ends:
        yield Problem("voice.ends", f"must be after voice.begins, {config.voice.begins}")
