"""The blocks a slip is made of, before anyone decides how they look. Values only; ticket_layout.py fills them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words in Indonesian, and the same in the visitor's own language ("" when that is Indonesian)."""

    text: str
    translation: str = ""


@dataclass(frozen=True, slots=True)
class Heading:
    """The hall's name, the first block of every slip."""

    text: str


@dataclass(frozen=True, slots=True)
class CopyMark:
    """Says that another slip of this ticket exists."""

    phrase: Phrase


@dataclass(frozen=True, slots=True)
class Label:
    """The ticket's label, as large as the paper allows."""

    text: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A short word that changes how the visitor is served: "Prioritas"."""

    phrase: Phrase


@dataclass(frozen=True, slots=True)
class Lead:
    """A centred line near the label or the QR symbol. `is_strong` for those that must be read first."""

    phrase: Phrase
    is_strong: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """A line across the paper. Heavy ones part sections, light ones part rows."""

    is_heavy: bool = False


@dataclass(frozen=True, slots=True)
class StopRow:
    """One service of the visit. `position` is None when it is the only one; `place` says where to go; `notes` say how
    many are ahead and what comes first.
    """

    position: int | None
    service: Phrase
    agency: str
    place: Phrase
    notes: tuple[Phrase, ...]


@dataclass(frozen=True, slots=True)
class Checklist:
    """What to bring. `left_out` is the sentence that stands for items the paper has no room for, or None."""

    title: Phrase
    items: tuple[Phrase, ...]
    left_out: Phrase | None


@dataclass(frozen=True, slots=True)
class Fact:
    """A name and what is to say about it: `Biaya`, `gratis`."""

    name: Phrase
    value: Phrase


@dataclass(frozen=True, slots=True)
class Qr:
    """The symbol with the ticket's signed token. Always the last block, so that a torn slip has none."""

    text: str


Block = Heading | CopyMark | Label | Mark | Lead | Rule | StopRow | Checklist | Fact | Qr


@dataclass(frozen=True, slots=True)
class TicketLayout:
    """A slip's blocks from top to bottom; `blocks[-1]` is the Qr."""

    blocks: tuple[Block, ...]
