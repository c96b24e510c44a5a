"""PINs of six digits: how they are made, which are too easily guessed, how long whoever guesses must wait. Pure."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Final

LENGTH: Final = 6
FREE_TRIES: Final = 5
"""Wrong PINs in a row, the last of which begins the first wait."""
LOCKED_AT: Final = 15
"""Wrong PINs in a row that lock the account."""
FIRST_WAIT_MS: Final = 15_000
LONGEST_AT_TERMINAL_MS: Final = 15 * 60_000
"""A desk is never locked, since nobody could unlock it there; it waits this long at most."""

_FEWEST_DIGITS: Final = 3
_MOST_ALIKE: Final = 4
_FIRST_YEAR, _LAST_YEAR = 1900, 2099
_COMMON: Final = frozenset(
    """
    102030 112211 121314 123654 134679 135790 135792 142536 147258 147369 147852 147896 159357 159753 159951 168168
    234567 246810 246813 258456 258963 321654 321456 357159 357951 369258 369852 456123 456852 520131 520520 741258
    741852 741963 753159 753951 789123 789456 789654 852456 852963 951357 951753 963258 963741 963852 987321 102938
    109876 135246 246135 314159 271828 141421 173205 161803 170845 281028 210421 628318
    """.split()  # noqa: SIM905  # to be read as a table
)
"""Ways over a keypad, counting in steps, numbers that many know by heart."""


@dataclass(frozen=True, slots=True)
class Tries:
    """Wrong PINs in a row, and until when nobody may try again, in milliseconds since 1970."""

    failures: int = 0
    wait_until_ms: int | None = None

    def left_ms(self, now_ms: int, longest_ms: int | None = None) -> int:
        """What is left of the wait. A clock that was set back makes it no longer than it was at the beginning."""
        if self.wait_until_ms is None:
            return 0
        return max(0, min(self.wait_until_ms - now_ms, wait_ms(self.failures, longest_ms)))

    def failed(self, now_ms: int, longest_ms: int | None = None) -> "Tries":
        wait = wait_ms(self.failures + 1, longest_ms)
        return Tries(self.failures + 1, now_ms + wait if wait else None)


def wait_ms(failures: int, longest_ms: int | None = None) -> int:
    """After so many wrong PINs in a row: nothing, then 15 s, doubled by each that follows."""
    if failures < FREE_TRIES:
        return 0
    wait = FIRST_WAIT_MS << min(failures - FREE_TRIES, LOCKED_AT)
    return wait if longest_ms is None else min(wait, longest_ms)


def random_pin(staff: str) -> str:
    while True:
        pin = f"{secrets.randbelow(10**LENGTH):0{LENGTH}d}"
        if not is_weak(pin, staff):
            return pin


def is_pin(text: str) -> bool:
    return len(text) == LENGTH and text.isascii() and text.isdecimal()


def is_weak(pin: str, staff: str) -> bool:
    """Whether it is among the first that somebody would try: repeats, runs, dates, the officer's own id, habits."""
    return not is_pin(pin) or any(_reasons(pin, staff))


def _reasons(pin: str, staff: str) -> Iterator[bool]:
    yield len(set(pin)) < _FEWEST_DIGITS
    yield max(map(pin.count, pin)) >= _MOST_ALIKE
    yield pin[:3] == pin[3:] or pin[:2] * 3 == pin
    yield pin == pin[::-1]
    yield all(pin[at] == pin[at + 1] for at in (0, 2, 4))
    yield len({(int(after) - int(before)) % 10 for before, after in pairwise(pin)}) == 1
    yield _is_run(pin[:3]) and _is_run(pin[3:])
    yield _is_date(pin)
    digits = "".join(filter(str.isdecimal, staff))
    yield len(digits) >= _FEWEST_DIGITS and (digits in pin or pin in digits)
    yield pin in _COMMON


def _is_run(part: str) -> bool:
    return {(int(after) - int(before)) % 10 for before, after in pairwise(part)} in ({1}, {9})


def _is_date(pin: str) -> bool:
    """A day of birth as people write it: 170845, 450817, 081745; or a month of a year: 081945, 194508."""
    first, second, third = pin[:2], pin[2:4], pin[4:]
    spelled = ((first, second, third), (third, second, first), (second, first, third))
    if any(_is_day(int(day), int(month), int(year)) for day, month, year in spelled):
        return True
    months = ((pin[:2], pin[2:]), (pin[4:], pin[:4]))
    return any(1 <= int(month) <= 12 and _FIRST_YEAR <= int(year) <= _LAST_YEAR for month, year in months)


def _is_day(day: int, month: int, year: int) -> bool:
    try:
        date(2000 + year, month, day)  # leap years of the century before end alike
    except ValueError:
        return False
    return True
