"""How much paper is left on a roll: what is remembered of it, and what follows. Pure; lengths in mm of paper.

Three things tell: the metres on the roll's label, the paper that slips use, and the printer's near-end sensor. The
sensor is right and comes late, the label is early and boasts: so both are corrected by how earlier rolls ended.
"""

from dataclasses import dataclass, field, replace
from typing import Annotated, Final

from pydantic import Field

from printing.status import Attention, CannotTell, NeedsAttention, PrinterStatus, Ready, Unreachable

USUAL_SLIP_MM: Final = 200.0
"""Until slips were measured here: our own for one service take 130 to 200, for four 230 to 470 (tests/golden)."""

USUAL_NEAR_END_MM: Final = 2_000.0
"""Until a roll ended here. Sensors look at the roll's flank, where some 23 mm across are left: around a core of 18 mm,
with paper of 0.065 mm, that is 2.5 m by geometry. Less, so that nobody comes too late; no printer was measured."""

_NEWS_AFTER_MM: Final = 500.0
"""A sensor at its threshold wavers with each turn of an uneven roll, and one turn there is 70 mm. Silent for so long,
it sees another roll."""

_SLIPS_KEPT: Final = 50
_ROLLS_KEPT: Final = 5
_FEW_SLIPS: Final = 5
_TRIMMED: Final = 10
"""One in so many of the shortest and of the longest slips do not count for the mean."""

_Length = Annotated[float, Field(ge=0, allow_inf_nan=False)]


@dataclass(frozen=True, slots=True)
class Roll:
    """The roll in one printer, and what those before it taught.

    `used_mm`: since it was put in, or since the printer was first looked at where `is_from_start` is False.
    `near_end_at_mm`: `used_mm` when the sensor spoke first; None before. `is_near_end_exact`: that moment was seen.
    `is_near_end_told`: it says so still. `clear_mm`: used since it said so last. `was_clear`: it said on this roll that
    there is plenty. `has_ended`: the paper ran out. `was_stopped`: since the last good status the printer stood, or was
    away: somebody may have changed the roll. `has_sensor`: it ever said "near end". `slips_mm`: the last slips.
    `near_ends_mm`: what earlier rolls still gave after the sensor spoke; `lengths_mm`: what whole rolls held, while the
    label said `label_m`.
    """

    label_m: _Length
    used_mm: _Length = 0.0
    is_from_start: bool = False
    near_end_at_mm: _Length | None = None
    is_near_end_exact: bool = False
    is_near_end_told: bool = False
    clear_mm: _Length = 0.0
    was_clear: bool = False
    has_ended: bool = False
    was_stopped: bool = False
    has_sensor: bool = False
    slips_mm: tuple[_Length, ...] = field(default=())
    near_ends_mm: tuple[_Length, ...] = field(default=())
    lengths_mm: tuple[_Length, ...] = field(default=())

    @property
    def left_mm(self) -> float | None:
        """None where nobody saw the roll's beginning, nor its near end come."""
        if self.has_ended:
            return 0.0
        if self.near_end_at_mm is not None:
            beyond = self.used_mm - self.near_end_at_mm
            return max(0.0, self.near_end_mm - beyond) if self.is_near_end_exact else None
        if not self.is_from_start:
            return None
        left = max(0.0, self.whole_mm - self.used_mm)
        return max(left, self.near_end_mm) if self.has_sensor else left

    @property
    def slips_left(self) -> int | None:
        left = self.left_mm
        return None if left is None else int(left / self.slip_mm)

    @property
    def slip_mm(self) -> float:
        """The mean of the last slips without the strangest; the first few weigh together with the usual length."""
        lengths = sorted(self.slips_mm[-_SLIPS_KEPT:])
        trimmed = len(lengths) // _TRIMMED
        usual = [USUAL_SLIP_MM] * (_FEW_SLIPS - len(lengths))
        counted = [*lengths[trimmed : len(lengths) - trimmed], *usual]
        return max(1.0, sum(counted) / len(counted))

    @property
    def near_end_mm(self) -> float:
        """What a roll still gives when the sensor speaks."""
        return _middle(self.near_ends_mm) if self.near_ends_mm else USUAL_NEAR_END_MM

    @property
    def whole_mm(self) -> float:
        return _middle(self.lengths_mm) if self.lengths_mm else self.label_m * 1000

    @property
    def is_near_end(self) -> bool:
        return self.has_ended or self.near_end_at_mm is not None

    def labelled(self, label_m: float) -> "Roll":
        """Rolls of another make are bought now: what the old ones held does not count."""
        return self if label_m == self.label_m else replace(self, label_m=label_m, lengths_mm=())

    def renewed(self) -> "Roll":
        """A whole roll was put in."""
        return Roll(
            self.label_m,
            is_from_start=True,
            has_sensor=self.has_sensor,
            slips_mm=self.slips_mm,
            near_ends_mm=self.near_ends_mm,
            lengths_mm=self.lengths_mm,
        )

    def after_slip(self, mm: float) -> "Roll":
        """`mm` of paper went, whatever became of the slip."""
        if mm <= 0:
            return self
        used = replace(self, used_mm=self.used_mm + mm, slips_mm=(*self.slips_mm, mm)[-_SLIPS_KEPT:])
        if self.near_end_at_mm is None or self.is_near_end_told:
            return used
        clear = self.clear_mm + mm
        return replace(used, clear_mm=clear) if clear < _NEWS_AFTER_MM else replace(used.renewed(), used_mm=clear)

    def after_status(self, status: PrinterStatus) -> "Roll":
        match status:
            case NeedsAttention(Attention.NO_PAPER):
                return self if self.has_ended else replace(self._learned(), has_ended=True)
            case NeedsAttention() | Unreachable():
                return replace(self, was_stopped=True)
            case CannotTell():
                return self
            case Ready(paper_low=True):
                return self._told_near_end()
            case Ready():
                return self._told_clear()

    def _told_near_end(self) -> "Roll":
        # Paper that is near its end as it is put in is some other roll's rest: of what length, nobody knows.
        roll = replace(self.renewed(), is_from_start=False) if self.has_ended else self
        if roll.near_end_at_mm is None:
            roll = replace(roll, near_end_at_mm=roll.used_mm, is_near_end_exact=roll.was_clear)
        return replace(roll, is_near_end_told=True, clear_mm=0.0, was_stopped=False, has_sensor=True)

    def _told_clear(self) -> "Roll":
        is_another = self.has_ended or (self.near_end_at_mm is not None and self.was_stopped)
        roll = self.renewed() if is_another else self
        return replace(roll, is_near_end_told=False, was_clear=True, was_stopped=False)

    def _learned(self) -> "Roll":
        """The paper ran out. A roll that somebody took out teaches nothing, nor does what cannot be true of one."""
        if self.was_stopped:
            return self
        near_ends, lengths = self.near_ends_mm, self.lengths_mm
        if self.near_end_at_mm is not None and self.is_near_end_exact:
            rest = self.used_mm - self.near_end_at_mm
            if 0 < rest <= self.label_m * 1000 / 2:
                near_ends = (*near_ends, rest)[-_ROLLS_KEPT:]
        if self.is_from_start and 0.4 <= self.used_mm / (self.label_m * 1000) <= 1.5:
            lengths = (*lengths, self.used_mm)[-_ROLLS_KEPT:]
        return replace(self, near_ends_mm=near_ends, lengths_mm=lengths)


def _middle(lengths: tuple[float, ...]) -> float:
    """Of an even number the lower one: rather too early than too late."""
    # By hand: to import `statistics` takes 8 ms of a kiosk's start.
    return sorted(lengths)[(len(lengths) - 1) // 2]
