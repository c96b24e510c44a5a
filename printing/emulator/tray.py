"""What has come out of the printer: each piece of paper as a picture, with the bytes that made it."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from PIL import Image

DOTS_PER_MM: Final = 8
DIARY: Final = "paper.ndjson"


class Kind(StrEnum):
    SLIP = "slip"
    """Cut, with ink on it."""
    FRAGMENT = "fragment"
    """The paper ended."""
    OFFCUT = "offcut"
    """Cut, and bare."""


@dataclass(frozen=True, slots=True)
class Piece:
    """`number` counts its kind. `bytes` of it lie beside the picture `file`, as `.bin`. `mm` long."""

    event: Kind
    number: int
    file: str
    bytes: int
    mm: float

    def document(self) -> dict[str, Any]:
        """As it is told."""
        return asdict(self)


class Tray:
    """A folder that outlives the process. `keeps_diary`: one line a piece goes to `paper.ndjson` as well."""

    def __init__(self, directory: Path, *, keeps_diary: bool = False) -> None:
        self.directory = directory
        self._keeps_diary = keeps_diary
        directory.mkdir(parents=True, exist_ok=True)
        self._kept = Counter({kind: _last_number(directory, kind) for kind in Kind})

    @property
    def counts(self) -> Mapping[Kind, int]:
        return self._kept

    def keep(self, kind: Kind, paper: Image.Image, data: bytes) -> Piece:
        """The picture appears last and whole: whoever sees it may read it."""
        self._kept[kind] += 1
        name = f"{kind}-{self._kept[kind]:03d}"
        (self.directory / f"{name}.bin").write_bytes(data)
        unfinished = self.directory / f".{name}.png"
        paper.save(unfinished, format="PNG", dpi=(203, 203))
        unfinished.replace(self.directory / f"{name}.png")
        piece = Piece(kind, self._kept[kind], f"{name}.png", len(data), round(paper.height / DOTS_PER_MM, 3))
        if self._keeps_diary:
            with (self.directory / DIARY).open("a", encoding="utf-8") as diary:
                diary.write(json.dumps(piece.document()) + "\n")
        return piece


def pictures(directory: Path, kind: Kind) -> tuple[Path, ...]:
    """Of every piece of this kind that a tray keeps there, oldest first: the thousandth has a number of four digits."""
    return tuple(sorted(directory.glob(f"{kind}-*.png"), key=_number))


def _number(piece: Path) -> int:
    return int(piece.stem.rpartition("-")[2])


def _last_number(directory: Path, kind: Kind) -> int:
    return max(map(_number, directory.glob(f"{kind}-*.bin")), default=0)
