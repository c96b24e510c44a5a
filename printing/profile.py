"""What we know of each kind of printer, read from profiles.toml."""

import tomllib
from dataclasses import dataclass, fields
from enum import StrEnum
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Final, Self

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

from kiosk.errors import ProfileError
from kiosk.paths import resource_path
from printing.printable import CODE_PAGES

PROFILES_FILE: Final = "printing/profiles.toml"

BAND_DOTS: Final = 240
"""A picture goes out in bands of this height: 17 kB at most, so that small receive buffers print while they fill."""


class Cutter(StrEnum):
    NONE = "none"
    """The visitor tears the slip off."""
    PARTIAL = "partial"
    FULL = "full"


class Confirmation(StrEnum):
    """How the printer can say that a slip is complete, best first (docs/printers.md)."""

    PROCESS_ID = "process-id"
    """`GS ( H` answers with the job's own id when its printing is done. Only where a technician's probe saw it."""
    FENCE = "fence"
    """`GS r` is answered in its turn, after the cut."""
    STATUS = "status"
    """`DLE EOT` alone: ready before and after. That is not a confirmation."""
    NONE = "none"
    """Never answers."""
    AUTO = "auto"
    """Find out, on the idle printer, which of FENCE, STATUS and NONE it is."""


class RasterCommand(StrEnum):
    """How the printer wants its pictures."""

    GS_V_0 = "GS v 0"
    ESC_STAR = "ESC *"


class Source(StrEnum):
    """Where one value of a probed profile comes from."""

    PROBED = "probed"
    MODEL_TABLE = "stated by the model table"
    HAND = "stated by hand"
    CLASS = "usual value of the class"


class Renderer(StrEnum):
    """Who draws the letters."""

    RASTER = "raster"
    """We do: our font, any script, some 90 kB a slip."""
    TEXT = "text"
    """The printer does: few bytes, for slow serial lines."""


_LONGEST_IN_TEXT: Final = 4096
"""Bytes of a symbol of the largest version that fits, or of a line in another script, in a slip of letters."""


@dataclass(frozen=True, slots=True)
class Profile:
    """`dots` is the width of the print head, `columns` the characters of 12 dots in a line, `feed_dots` what lies
    between head and knife. `code_page_number` selects `code_page` by `ESC t`. `is_compact`: narrow paper gets fewer
    words. `clears_buffer`: the printer drops what it still holds of a broken slip on `DLE ENQ 2`.
    `provenance` says where the values come from. `identity`: what the printer called itself when it was probed, by
    which it is known again; empty where it was not. `pushes_status`: it sends `GS a` reports unasked, as its switches
    may tell it to. `buffer_bytes`: so much it takes while it is stopped; 0 where nobody knows.
    """

    name: str
    description: str
    paper_mm: int
    dots: int
    columns: int
    code_page: str
    code_page_number: int
    cutter: Cutter
    confirmation: Confirmation
    raster: RasterCommand
    feed_dots: int
    is_compact: bool
    clears_buffer: bool
    provenance: str
    renderer: Renderer = Renderer.RASTER
    identity: str = ""
    pushes_status: bool = False
    buffer_bytes: int = 0


class _ProfileData(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    description: str
    paper_mm: Annotated[int, Field(ge=30, le=120)]
    dots: Annotated[int, Field(ge=320, le=1024, multiple_of=8)]
    columns: Annotated[int, Field(ge=24, le=80)]
    code_page: str
    code_page_number: Annotated[int, Field(ge=0, le=255)]
    cutter: Cutter
    confirmation: Confirmation
    raster: RasterCommand
    feed_dots: Annotated[int, Field(ge=0, le=400)]
    is_compact: bool
    clears_buffer: bool
    provenance: Annotated[str, Field(min_length=1)]
    renderer: Renderer = Renderer.RASTER
    identity: str = ""
    pushes_status: bool = False
    buffer_bytes: Annotated[int, Field(ge=0)] = 0
    sources: dict[str, Source] = {}
    """Of a probed profile, by field. For people: nothing is decided by it."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.code_page not in CODE_PAGES:
            raise ValueError(f"code_page is one of {', '.join(CODE_PAGES)}, not {self.code_page}")
        unknown = sorted(self.sources.keys() - type(self).model_fields.keys())
        if unknown:
            raise ValueError(f"sources are named for fields that there are not: {', '.join(unknown)}")
        if self.columns * 12 > self.dots:
            raise ValueError(f"{self.columns} columns of 12 dots do not fit in {self.dots} dots")
        return self


def load_profiles(path: Path | None = None) -> MappingProxyType[str, Profile]:
    """All profiles by name. Raises ProfileError with everything that is wrong in the file."""
    data = _read(path or resource_path(PROFILES_FILE))
    return MappingProxyType({name: _profile(name, values) for name, values in data.items()})


def load_profile(path: Path) -> Profile:
    """The one profile in a file such as `giliran printer probe` writes. Raises ProfileError."""
    profiles = tuple(load_profiles(path).values())
    if len(profiles) != 1:
        raise ProfileError(f"{path} must hold the table of one printer, not of {len(profiles)}")
    return profiles[0]


def load_sources(path: Path) -> MappingProxyType[str, Source]:
    """Where each value in such a file comes from, by field. Raises ProfileError."""
    (data,) = _read(path).values()
    return MappingProxyType(data.sources)


@cache
def find_profile(name: str) -> Profile:
    """The shipped profile with this name. Raises ProfileError that lists the names there are."""
    profiles = load_profiles()
    if name not in profiles:
        raise ProfileError(f"no printer profile is called {name}; choose one of {', '.join(sorted(profiles))}")
    return profiles[name]


def _read(source: Path) -> dict[str, _ProfileData]:
    try:
        return TypeAdapter(dict[str, _ProfileData]).validate_python(tomllib.loads(source.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ProfileError(f"{source} cannot be read: {error}") from error
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors())
        raise ProfileError(f"{source} is not used: {faults}") from error


def _profile(name: str, data: _ProfileData) -> Profile:
    return Profile(name=name, **{field.name: getattr(data, field.name) for field in fields(Profile)[1:]})


def longest_picture(profile: Profile) -> int:
    """Bytes that a printer may still wait for when a slip broke off within a picture. Few on a slow line, where they
    take their time: a whole band would be 18 s at 9600 baud.
    """
    return _LONGEST_IN_TEXT if profile.renderer is Renderer.TEXT else profile.dots // 8 * BAND_DOTS
