"""The words of visitors and catalogues, made comparable: spelling, abbreviations, English, everyday speech, roots."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import Field

from kiosk.data_file import FileModel, Name, parse_json, parse_model, read_bytes
from kiosk.errors import DataFileError
from kiosk.paths import resource_path
from kiosk.search_moves import Move, Moves
from kiosk.stemming import stem

_SHORTEST_BEGINNING: Final = 2
"""Letters of a phrase's last word; one letter begins too many phrases."""

_WORD: Final = re.compile(r"[a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Reading:
    """`terms`: what `words`, as they were typed, stand for."""

    words: tuple[str, ...]
    terms: tuple[str, ...]


@dataclass(frozen=True)
class SearchWords:
    """`same`: a variant, one word or several, to the words it counts as. `related`: a term to further terms.

    `subjects`: terms for what a need is about, whatever else is said.
    `moves` holds for queries only: what a catalogue says of places stands as it is.
    """

    stop_words: frozenset[str]
    same: Mapping[tuple[str, ...], tuple[str, ...]]
    related: Mapping[str, tuple[str, ...]]
    subjects: frozenset[str]
    moves: Moves

    @cached_property
    def _longest(self) -> int:
        return max((len(variant) for variant in self.same), default=1)

    @cached_property
    def _phrases(self) -> tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]:
        return tuple(each for each in self.same.items() if len(each[0]) > 1)

    @cached_property
    def _settled(self) -> frozenset[str]:
        """Words that variants lead to; they are terms as they stand."""
        return frozenset(word for words in self.same.values() for word in words)

    def read(self, words: tuple[str, ...]) -> tuple[Reading, ...]:
        """What these words (of `split_words`) say, the longest known phrase at a time.

        Stop words are left out, unless there is nothing else.
        """
        readings: list[Reading] = []
        position = 0
        while position < len(words):
            reading = self._phrase_at(words, position) or Reading(
                words[position : position + 1], (self.term(words[position]),)
            )
            readings.append(reading)
            position += len(reading.words)
        telling = tuple(each for each in readings if not self.stop_words.issuperset(each.terms))
        return telling or tuple(readings)

    def terms(self, text: str) -> tuple[str, ...]:
        return tuple(term for reading in self.read(split_words(text)) for term in reading.terms)

    def completed(self, words: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
        """What the words may become when they end in a half-typed phrase: `kartu kel` is on its way to `kk`."""
        if not words or len(words[-1]) < _SHORTEST_BEGINNING:
            return ()
        meant = {
            (*words[: len(words) - len(phrase)], *terms)
            for phrase, terms in self._phrases
            if words[-len(phrase) : -1] == phrase[:-1] and phrase[-1].startswith(words[-1]) and phrase[-1] != words[-1]
        }
        return tuple(sorted(meant))

    def told(self, words: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
        """A query with the places of a move in words of the catalogue; then what it may become, half typed as it is."""
        if self.moves.words.isdisjoint(map(self.term, words)):
            return (words,)
        return (self.moves.told(words), *self.moves.completed(words))

    def _phrase_at(self, words: tuple[str, ...], position: int) -> Reading | None:
        for length in range(min(self._longest, len(words) - position), 0, -1):
            phrase = words[position : position + length]
            if phrase in self.same:
                return Reading(phrase, self.same[phrase])
        return None

    def term(self, word: str) -> str:
        """The term that a single word stands for."""
        if word in self._settled or word in self.stop_words:
            return word
        root = stem(word)
        for known in (word, root):
            meant = self.same.get((known,), ())
            if len(meant) == 1:
                return meant[0]
        return root


def split_words(text: str) -> tuple[str, ...]:
    """Lower-case words of plain letters and digits: `Akta PPAT: e-KTP` -> `akta`, `ppat`, `e`, `ktp`."""
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    return tuple(_WORD.findall("".join(each for each in decomposed if not unicodedata.combining(each))))


class _PlacesModel(FileModel):
    to: list[Name]
    origin: list[Name] = Field(alias="from")
    names: list[Name]


class _MovesModel(FileModel):
    words: list[Name]
    origins: list[Name] = Field(alias="from")
    places: list[_PlacesModel]


class _WordsModel(FileModel):
    schema_version: Literal[1]
    about: dict[str, Any]
    stop_words: list[Name]
    same: dict[str, Annotated[list[Name], Field(min_length=1)]]
    related: dict[str, Annotated[list[Name], Field(min_length=1)]]
    subjects: list[Name]
    moves: _MovesModel


def load_search_words(path: Path | None = None) -> SearchWords:
    """The words of a file; those that ship with the program by default.

    Raises:
        DataFileError: the file is unreadable or wrong; every problem is listed.
    """
    path = path or resource_path("assets/catalogue/search-words.json")
    model, problems = parse_model(_WordsModel, parse_json(path.name, read_bytes(path)))
    if model is None:
        raise DataFileError(path.name, problems)
    return SearchWords(
        stop_words=frozenset(model.stop_words),
        same={split_words(variant): split_words(key) for key, variants in model.same.items() for variant in variants},
        related={term: tuple(terms) for term, terms in model.related.items()},
        subjects=frozenset(model.subjects),
        moves=Moves(
            frozenset(model.moves.words),
            frozenset(model.moves.origins),
            {
                split_words(name): Move(tuple(places.to), tuple(places.origin))
                for places in model.moves.places
                for name in places.names
            },
        ),
    )
