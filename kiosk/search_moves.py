"""Where a visitor moves to: a place outside the town of a hall means leaving it, one within means another address.

No catalogue lists the towns that people leave for, so a place in a query is read as the words that one does use.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

_SHORTEST_BEGINNING: Final = 3
"""Letters of a place's last word; `ba` may still become anything."""


@dataclass(frozen=True, slots=True)
class Move:
    """The words that a place stands for: as where to, and as where from, which may say nothing."""

    to: tuple[str, ...]
    origin: tuple[str, ...]


@dataclass(frozen=True)
class Moves:
    """`words`: terms that speak of moving. `origins`: words before the place moved from. `places`: by name."""

    words: frozenset[str]
    origins: frozenset[str]
    places: Mapping[tuple[str, ...], Move]

    def told(self, words: tuple[str, ...]) -> tuple[str, ...]:
        """`pindah dari bogor ke bandung` -> `pindah dari datang jakarta ke keluar jakarta`."""
        said: list[str] = []
        position = 0
        while position < len(words):
            length = self._longest_place(words[position:])
            name = words[position : position + (length or 1)]
            said += self._meant(self.places[name], words[:position]) if length else name
            position += len(name)
        return tuple(said)

    def completed(self, words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        """What the words may tell of a move when they end in a half-typed place: `pindah ke bek`."""
        if not words or len(words[-1]) < _SHORTEST_BEGINNING or self._longest_place(words[-1:]):
            return
        begun = {
            (len(name), move)
            for name, move in self.places.items()
            if words[-len(name) : -1] == name[:-1] and name[-1].startswith(words[-1])
        }
        for length, move in sorted(begun, key=lambda each: (-each[0], each[1].to)):
            before = words[:-length]
            yield (*self.told(before), *self._meant(move, before))

    def _longest_place(self, words: tuple[str, ...]) -> int:
        """Words of the place that `words` begin with; 0 where they begin with none."""
        return max((length for length in range(1, self._longest + 1) if words[:length] in self.places), default=0)

    @cached_property
    def _longest(self) -> int:
        return max(map(len, self.places), default=0)

    def _meant(self, move: Move, before: tuple[str, ...]) -> tuple[str, ...]:
        return move.origin if before and before[-1] in self.origins else move.to
