"""Our fonts on paper: measuring, breaking into lines, shortening, the shapes of words. In dots."""

from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache
from math import ceil
from typing import Final

from PIL import Image, ImageDraw, ImageFont

from kiosk.paths import resource_path
from printing.scripts import Run, Script, clusters, has_scripts, runs

ELLIPSIS: Final = "…"


class Weight(StrEnum):
    MEDIUM = "Medium"
    SEMI_BOLD = "SemiBold"
    BOLD = "Bold"
    EXTRA_BOLD = "ExtraBold"


@dataclass(frozen=True, slots=True)
class Face:
    """One weight and size of Plus Jakarta Sans, and of other fonts for other scripts. `size` is the em in dots."""

    weight: Weight
    size: int

    @property
    def font(self) -> ImageFont.FreeTypeFont:
        return _load(self.weight, self.size)

    @property
    def line_height(self) -> int:
        return round(self.size * 1.22)

    @property
    def baseline(self) -> int:
        """Below the top of the line."""
        return round(self.line_height * 0.77)

    def overhang(self, line: str) -> tuple[int, int]:
        """By how much letters of other scripts need more than `line_height`, above and below; both 0 for Latin ones."""
        shapes = [word_mask(self, word) for word in line.split(" ") if has_scripts(word)]
        above = max((-top for _, _, top in shapes), default=0) - self.baseline
        below = max((mask.height + top for mask, _, top in shapes), default=0) - (self.line_height - self.baseline)
        return max(0, above), max(0, below)

    @property
    def space(self) -> int:
        """Wider than the font's own: thermal dots bleed, and old eyes find words by their gaps."""
        return round(self.size * 0.28)

    def width(self, text: str) -> int:
        words = text.split(" ")
        return sum(_word_width(self, word) for word in words) + self.space * (len(words) - 1)

    def break_lines(self, text: str, width: int, max_lines: int) -> tuple[str, ...]:
        """`text` in lines of at most `width` dots. What does not fit in `max_lines` ends in an ellipsis."""
        lines: list[str] = []
        for word in text.split():
            if lines and self.width(f"{lines[-1]} {word}") <= width:
                lines[-1] += f" {word}"
            else:
                lines += self._pieces(word, width)
        if len(lines) <= max_lines:
            return tuple(lines)
        kept = lines[:max_lines]
        kept[-1] = self._shortened(kept[-1], width)
        return tuple(kept)

    def balance_lines(self, text: str, width: int, max_lines: int) -> tuple[str, ...]:
        """As `break_lines`, with lines of about the same length: for what stands centred."""
        lines = self.break_lines(text, width, max_lines)
        low, high = width // 2, width
        while high - low > self.space:
            middle = (low + high) // 2
            narrower = self.break_lines(text, middle, len(lines))
            if ELLIPSIS in narrower[-1:] or " ".join(narrower) != " ".join(lines):
                low = middle
            else:
                high, lines = middle, narrower
        return lines

    def _pieces(self, word: str, width: int) -> list[str]:
        """A word too long for a line, broken where the line ends. No letter of any language is as wide as a line; what
        is, somebody has heaped up, and it is broken too.
        """
        pieces = [""]
        for cluster in clusters(word):
            for part in [cluster] if self.width(cluster) <= width else cluster:
                if pieces[-1] and self.width(pieces[-1] + part) > width:
                    pieces.append(part)
                else:
                    pieces[-1] += part
        return pieces

    def _shortened(self, line: str, width: int) -> str:
        while line and self.width(line + ELLIPSIS) > width:
            line = line[:-1]
        return line.rstrip() + ELLIPSIS


@lru_cache(maxsize=2048)
def word_mask(face: Face, word: str) -> tuple[Image.Image, int, int]:
    """`drawn_word`, kept, because slips repeat their words: drawing letters is most of the time that a slip takes."""
    return drawn_word(face, word)


def drawn_word(face: Face, word: str) -> tuple[Image.Image, int, int]:
    """The soft shape of a word (255 is full), and where its top left corner lies from the pen on the baseline."""
    strokes = _strokes(face, word)
    boxes = [(x, *stroke.box) for x, stroke in strokes]
    left, top = min(round(x + box[0]) for x, *box in boxes), min(round(box[1]) for _, *box in boxes)
    right, bottom = max(round(x + box[2]) for x, *box in boxes), max(round(box[3]) for _, *box in boxes)
    mask = Image.new("L", (max(1, right - left), max(1, bottom - top)), 0)
    pen = ImageDraw.Draw(mask)
    for x, stroke in strokes:
        pen.text(
            (x - left, -top), stroke.text, fill=255, font=stroke.font, anchor="ls",
            direction=stroke.direction, stroke_width=stroke.thickness,
        )  # fmt: skip
    return mask, left, top


@dataclass(frozen=True, slots=True)
class _Stroke:
    """A run of letters in the font that has them. `thickness` is added all around, in dots."""

    text: str
    font: ImageFont.FreeTypeFont
    direction: str | None = None
    thickness: float = 0

    @property
    def box(self) -> tuple[float, float, float, float]:
        return self.font.getbbox(self.text, direction=self.direction, stroke_width=self.thickness, anchor="ls")

    @property
    def length(self) -> float:
        return self.font.getlength(self.text, direction=self.direction)


def _strokes(face: Face, word: str) -> list[tuple[int, _Stroke]]:
    """A word from left to right: where each run begins, and how it is drawn."""
    if not has_scripts(word):
        return [(0, _Stroke(word, face.font))]
    placed, x = [], 0
    for stroke in (_stroke(face, run) for run in runs(word)):
        placed.append((x, stroke))
        x += ceil(stroke.length)
    return placed


def _stroke(face: Face, run: Run) -> _Stroke:
    script = run.script
    if script is None:
        return _Stroke(run.text, face.font)
    size = round(face.size * script.scale)
    is_bold = face.weight is not Weight.MEDIUM
    return _Stroke(
        run.text,
        _load_script(script, "Bold" if is_bold else "Regular", size),
        "rtl" if script.is_rtl else "ltr",
        script.thickening * size * is_bold,
    )


def largest_face(text: str, weight: Weight, width: int, cap_height: int) -> Face:
    """The largest face in which `text` is at most `width` dots wide and its capitals `cap_height` dots high."""
    by_height = round(cap_height / _cap_height_ratio(weight))
    by_width = by_height * width // max(1, Face(weight, by_height).width(text))
    return Face(weight, min(by_height, by_width))


@cache
def _cap_height_ratio(weight: Weight) -> float:
    probe = 1000
    _, top, _, bottom = _load(weight, probe).getbbox("H")
    return float(bottom - top) / probe


@lru_cache(maxsize=64)
def _load(weight: Weight, size: int) -> ImageFont.FreeTypeFont:
    path = resource_path(f"assets/fonts/PlusJakartaSans-{weight.value}.ttf")
    # Basic layout places our Latin text as well as a shaping engine would, and the same on every machine.
    return ImageFont.truetype(path, size, layout_engine=ImageFont.Layout.BASIC)


@lru_cache(maxsize=32)
def _load_script(script: Script, weight: str, size: int) -> ImageFont.FreeTypeFont:
    path = resource_path(script.font_file(weight))
    return ImageFont.truetype(path, size, layout_engine=ImageFont.Layout.RAQM)


@lru_cache(maxsize=4096)
def _word_width(face: Face, word: str) -> int:
    return ceil(sum(stroke.length for _, stroke in _strokes(face, word)))
