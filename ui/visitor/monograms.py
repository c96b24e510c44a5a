"""Two letters for each agency's tile, no two agencies the same."""

import string
from collections.abc import Iterable, Iterator, Mapping
from itertools import product

from kiosk.domain.catalogue import Agency

_VOWELS = frozenset("AEIOU")


def monograms(agencies: Iterable[Agency]) -> Mapping[str, str]:
    """Agency id to monogram, upper case. Earlier agencies choose first, so one added at the end renames no other."""
    taken: dict[str, str] = {}
    for agency in agencies:
        used = set(taken.values())
        taken[agency.id] = next(pair for pair in _candidates(agency.short) if pair not in used)
    return taken


def _candidates(short: str) -> Iterator[str]:
    """Initials, then the first letter with the consonants after it, with any letter after it, then whatever is free."""
    words = ["".join(letter for letter in word if letter in string.ascii_uppercase) for word in short.upper().split()]
    words = [word for word in words if word]
    if len(words) > 1:
        yield words[0][0] + words[1][0]
    letters = "".join(words) or "X"
    first, rest = letters[0], letters[1:]
    yield from (first + letter for letter in rest if letter not in _VOWELS)
    yield from (first + letter for letter in rest)
    yield from (first + letter for letter in string.ascii_uppercase)
    yield from ("".join(pair) for pair in product(string.ascii_uppercase, repeat=2))
