"""A slip as a picture: our font, our spacing, any printer that takes dots."""

from dataclasses import dataclass
from typing import Final, assert_never

from PIL import Image

from printing.blocks import (
    Block,
    Checklist,
    CopyMark,
    Fact,
    Heading,
    Label,
    Lead,
    Mark,
    Phrase,
    Qr,
    Rule,
    StopRow,
    TicketLayout,
)
from printing.escpos_builder import EscposBuilder
from printing.profile import Profile
from printing.qr_symbol import qr_image
from printing.sheet import Sheet
from printing.typeface import Face, Weight, largest_face


def render_raster(layout: TicketLayout, profile: Profile) -> bytes:
    """The whole job, from `ESC @` to the cut. The same input gives the same bytes on every machine."""
    builder = EscposBuilder(profile)
    builder.picture(draw(layout, profile))
    return builder.finish()


def draw(layout: TicketLayout, profile: Profile) -> Image.Image:
    """The slip as a 1-bit image, 0 is ink, as wide as the print head."""
    sheet = Sheet(profile.dots)
    artist = _Artist(sheet, _NARROW if profile.is_compact else _WIDE)
    for block, following in zip(layout.blocks, (*layout.blocks[1:], None), strict=True):
        artist.draw(block, following)
    return sheet.image()


@dataclass(frozen=True, slots=True)
class _Look:
    """The sizes of one paper width. Body text is never under 24 dots (3 mm at 203 dpi)."""

    heading: Face
    date: Face
    lead: Face
    title: Face
    place: Face
    body: Face
    strong: Face
    second: Face
    label_height: int
    gap: int
    indent: int
    fact_column: int
    """Width of the column of names beside their values; 0 sets the name before its value instead."""


_WIDE: Final = _Look(
    heading=Face(Weight.EXTRA_BOLD, 34),
    date=Face(Weight.SEMI_BOLD, 28),
    lead=Face(Weight.BOLD, 29),
    title=Face(Weight.EXTRA_BOLD, 32),
    place=Face(Weight.BOLD, 29),
    body=Face(Weight.SEMI_BOLD, 26),
    strong=Face(Weight.EXTRA_BOLD, 26),
    second=Face(Weight.MEDIUM, 24),
    label_height=150,
    gap=14,
    indent=80,
    fact_column=156,
)
_NARROW: Final = _Look(
    heading=Face(Weight.EXTRA_BOLD, 28),
    date=Face(Weight.SEMI_BOLD, 24),
    lead=Face(Weight.BOLD, 25),
    title=Face(Weight.EXTRA_BOLD, 27),
    place=Face(Weight.BOLD, 26),
    body=Face(Weight.SEMI_BOLD, 24),
    strong=Face(Weight.EXTRA_BOLD, 24),
    second=Face(Weight.MEDIUM, 24),
    label_height=120,
    gap=10,
    indent=58,
    fact_column=0,
)
_HEADING_LINES: Final = 3
_TITLE_LINES: Final = 4
_BODY_LINES: Final = 6


@dataclass(frozen=True, slots=True)
class _Artist:
    sheet: Sheet
    look: _Look

    def draw(self, block: Block, following: Block | None) -> None:  # noqa: C901  # one case a block
        match block:
            case Heading():
                self._heading(block)
            case Lead():
                self._lead(block)
            case CopyMark():
                self.sheet.skip(self.look.gap)
                self.sheet.band(_in_one_line(block.phrase), self.look.title, padding=4)
            case Label():
                self._label(block)
            case Mark():
                self.sheet.outlined(_in_one_line(block.phrase), self.look.title, padding=6)
                self.sheet.skip(self.look.gap)
            case Rule():
                self._rule(block)
            case StopRow():
                self._stop(block)
            case Checklist():
                self._checklist(block)
            case Fact():
                self._fact(block)
                self.sheet.skip(4 if isinstance(following, Fact) else self.look.gap)
            case Qr():
                self.sheet.place(qr_image(block.text, self.sheet.width))
            case _:
                assert_never(block)

    def _heading(self, block: Heading) -> None:
        self.sheet.eaves(self.sheet.width // 24)
        self.sheet.skip(self.look.gap)
        face = self.look.heading
        self.sheet.lines(face.balance_lines(block.text, self.sheet.width, _HEADING_LINES), face, is_centred=True)

    def _lead(self, block: Lead) -> None:
        face = self.look.lead if block.is_strong else self.look.date
        for text, its_face in ((block.phrase.text, face), (block.phrase.translation, self.look.second)):
            lines = its_face.balance_lines(text, self.sheet.width, _TITLE_LINES)
            self.sheet.lines(lines, its_face, is_centred=True)
        if block.is_strong:
            self.sheet.skip(self.look.gap // 2)

    def _label(self, block: Label) -> None:
        self.sheet.skip(2 * self.look.gap)
        width = self.sheet.width - 8
        self.sheet.capitals(block.text, largest_face(block.text, Weight.EXTRA_BOLD, width, self.look.label_height))
        self.sheet.skip(2 * self.look.gap)

    def _rule(self, block: Rule) -> None:
        self.sheet.rule(4 if block.is_heavy else 2, left=0 if block.is_heavy else self.look.indent)
        self.sheet.skip(self.look.gap)

    def _stop(self, block: StopRow) -> None:
        left = 0
        if block.position is not None:
            left = self.look.indent
            diameter = left - 18
            self.sheet.disc(0, diameter, str(block.position), Face(Weight.EXTRA_BOLD, round(diameter * 0.6)))
        self._paragraph(block.agency, self.look.body, left, 2)
        self._phrase(block.service, self.look.title, left, _TITLE_LINES)
        self.sheet.skip(6)
        room = self.sheet.width - left - 2 * 14
        for line in self.look.place.break_lines(block.place.text, room, 3):
            self.sheet.pill(left, line, self.look.place, padding=14)
            self.sheet.skip(4)
        self._paragraph(block.place.translation, self.look.second, left, 2)
        for note in block.notes:
            self._phrase(note, self.look.body, left, 2)
        self.sheet.skip(self.look.gap)

    def _checklist(self, block: Checklist) -> None:
        title = self.look.title
        self.sheet.lines(title.break_lines(_in_one_line(block.title), self.sheet.width, 1), title)
        for item in block.items:
            left = self.sheet.tick_box(0, self.look.body) + 14
            self._phrase(item, self.look.body, left, _BODY_LINES)
        if block.left_out is not None:
            self._phrase(block.left_out, self.look.body, 0, 2)
        self.sheet.skip(self.look.gap)

    def _fact(self, block: Fact) -> None:
        column = self.look.fact_column
        if column:
            top = self.sheet.y
            self.sheet.text(0, top, block.name.text, self.look.strong)
            if block.name.translation:
                self.sheet.text(0, top + self.look.strong.line_height, block.name.translation, self.look.second)
            self._phrase(block.value, self.look.body, column, _BODY_LINES)
            return
        self._run_in(block.name.text, self.look.strong, block.value.text, self.look.body)
        if block.value.translation:
            name = Face(Weight.BOLD, self.look.second.size)
            self._run_in(block.name.translation, name, block.value.translation, self.look.second)

    def _run_in(self, name: str, strong: Face, text: str, face: Face) -> None:
        """A bold name with its sentence running on behind it, as in a dictionary."""
        indent = strong.width(name) + 2 * face.space if name else 0
        lines = face.break_lines(text, self.sheet.width - indent, _BODY_LINES)
        above, below = face.overhang(lines[0]) if lines else (0, 0)
        self.sheet.skip(above)
        self.sheet.text(0, self.sheet.y, name, strong)
        if lines:
            self.sheet.text(indent, self.sheet.y, lines[0], face)
        self.sheet.skip(face.line_height + below)
        if len(lines) > 1:
            self._paragraph(text.removeprefix(lines[0]).strip(), face, 0, _BODY_LINES - 1)

    def _phrase(self, phrase: Phrase, face: Face, left: int, max_lines: int) -> None:
        self._paragraph(phrase.text, face, left, max_lines)
        self._paragraph(phrase.translation, self.look.second, left, max_lines)

    def _paragraph(self, text: str, face: Face, left: int, max_lines: int) -> None:
        self.sheet.lines(face.break_lines(text, self.sheet.width - left, max_lines), face, left=left)


def _in_one_line(phrase: Phrase) -> str:
    return f"{phrase.text} · {phrase.translation}" if phrase.translation else phrase.text
