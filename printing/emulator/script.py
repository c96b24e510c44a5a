"""Faults that happen by themselves: at a byte, within a slip, or after a time. Written as TOML."""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final, Self

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

from kiosk.errors import ProfileError
from printing.emulator.words import change_of, undo_of

_CLOSE_LOOK: Final = 64
"""Bytes taken at a time while it is not yet known where the slip in question begins."""


class Fault(BaseModel):
    """`at_byte` counts all that was received, or, with `at_slip` (1 is the first), what was received of that slip.
    `after_s` counts from the start. `undo` is what sets it right, `undo_after_s` seconds later.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    do: str
    at_byte: Annotated[int | None, Field(ge=0)] = None
    at_slip: Annotated[int | None, Field(ge=1)] = None
    after_s: Annotated[float | None, Field(ge=0)] = None
    undo_after_s: Annotated[float | None, Field(ge=0)] = None
    undo: str | None = None

    @model_validator(mode="after")
    def _check(self) -> Self:
        change_of(self.do)
        if self.undo is not None:
            change_of(self.undo)
        if (self.after_s is not None) == (self.at_byte is not None or self.at_slip is not None):
            raise ValueError("say when: at_byte, at_slip (and at_byte within it), or after_s")
        if self.undo is not None and self.undo_after_s is None:
            raise ValueError("undo needs undo_after_s")
        if self.undo_after_s is not None and self.repair is None:
            raise ValueError(f"nothing is known to undo {self.do!r}; write undo")
        return self

    @property
    def repair(self) -> str | None:
        return self.undo or undo_of(self.do)


class _ScriptFile(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    fault: tuple[Fault, ...] = ()


def load_script(path: Path) -> tuple[Fault, ...]:
    """Raises ProfileError with everything that is wrong, and where."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        return TypeAdapter(_ScriptFile).validate_python(data).fault
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ProfileError(f"{path} cannot be read: {error}") from error
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, fault['loc'])) or 'fault'}: {fault['msg']}" for fault in error.errors())
        raise ProfileError(f"{path} is not used: {faults}") from error


@dataclass(frozen=True, slots=True)
class Position:
    """Where the printer is: bytes received, whole slips out, where the slip in hand began (None: not yet)."""

    received: int
    slips: int
    slip_began_at: int | None


class Script:
    """Keeps what is still to come. Times are of the caller's monotonic clock, in seconds."""

    def __init__(self, faults: Iterable[Fault], started_at: float) -> None:
        self._by_byte = [fault for fault in faults if fault.after_s is None]
        self._by_time = [(started_at + fault.after_s, fault) for fault in faults if fault.after_s is not None]
        self._repairs: list[tuple[float, str]] = []

    def bytes_until_next(self, now: Position) -> int | None:
        """How many bytes may be taken before the next look; None: any number."""
        return min((left for fault in self._by_byte if (left := _left(fault, now)) is not None), default=None)

    def due(self, now: Position, moment: float) -> list[str]:
        """What is to be done now, in words. Each is told once."""
        repairs = [words for at, words in self._repairs if at <= moment]
        self._repairs = [(at, words) for at, words in self._repairs if at > moment]
        faults = [fault for at, fault in self._by_time if at <= moment]
        self._by_time = [(at, fault) for at, fault in self._by_time if at > moment]
        reached = [fault for fault in self._by_byte if _is_reached(fault, now)]
        self._by_byte = [fault for fault in self._by_byte if fault not in reached]
        for fault in (*faults, *reached):
            if fault.undo_after_s is not None and fault.repair:
                self._repairs.append((moment + fault.undo_after_s, fault.repair))
        return [*repairs, *(fault.do for fault in (*faults, *reached))]


def _threshold(fault: Fault, now: Position) -> int | None:
    """The count of received bytes at which it happens, where that is known already."""
    if fault.at_slip is None:
        return fault.at_byte
    if now.slips == fault.at_slip - 1 and now.slip_began_at is not None:
        return now.slip_began_at + (fault.at_byte or 0)
    return None


def _left(fault: Fault, now: Position) -> int | None:
    threshold = _threshold(fault, now)
    if threshold is not None:
        return max(1, threshold - now.received)
    if fault.at_slip is None or fault.at_slip <= now.slips:
        return None
    return 1 if fault.at_slip == now.slips + 1 else _CLOSE_LOOK


def _is_reached(fault: Fault, now: Position) -> bool:
    threshold = _threshold(fault, now)
    if threshold is not None:
        return now.received >= threshold
    return fault.at_slip is not None and fault.at_slip <= now.slips
