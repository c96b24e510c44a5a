"""What a typed word may stand for, among the words that a catalogue knows: itself, its ending, its right spelling."""

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Final

from rapidfuzz import process
from rapidfuzz.distance import OSA

from kiosk.search_words import Reading, SearchWords, split_words
from kiosk.stemming import spoken_roots

Meaning = Mapping[str, float]
"""The terms of an index that one typed word may stand for, each with how surely (0..1]."""

_MAX_COMPLETIONS: Final = 12
_MAX_CORRECTIONS: Final = 4
_RELATED: Final = 0.5
_SPOKEN: Final = 0.85
_COMPLETED: Final = 0.9
_CORRECTED: Final = 0.8
_SHORTEST_TO_CORRECT: Final = 4
"""Letters. Among shorter words everything is like everything: KTP, KK, KIA."""
_SHORTEST_BEGINNING_TO_CORRECT: Final = 6
"""Letters of a word still being typed: shorter ones begin like too much, and `bakso` would find social aid."""
_SHORTEST_TO_CORRECT_FIRST_LETTER: Final = 6
"""Letters. Few slips fall on the first, and without it a short word is a guess: `film` is not `klaim`."""
_LIKENESS: Final = 0.72
"""One slip in four letters, two in eight."""


class Vocabulary:
    """`terms`: every term of the index, with how much it tells. `texts`: where visitors find the spellings."""

    def __init__(self, words: SearchWords, terms: Mapping[str, float], texts: Iterable[str]) -> None:
        self._words = words
        self._terms = terms
        self._term_of = self._spellings(texts)
        self._spelled = sorted(self._term_of)
        self._beginnings = lru_cache(maxsize=16)(self._cut_to)
        self._correction = lru_cache(maxsize=2048)(self._correct)

    def meanings(self, words: tuple[str, ...], *, still_typing: bool) -> tuple[Meaning, ...]:
        """One meaning for each thing said in `words`; empty where the index knows nothing like it."""
        readings = self._words.read(words)
        said = [self._meaning(reading, term) for reading in readings for term in reading.terms]
        typed = words[-1] if words else ""
        if still_typing and readings and readings[-1].words == (typed,) and (len(typed) > 1 or len(words) == 1):
            said[-1] = self._half_typed(typed, said[-1])
        return tuple(said)

    def _meaning(self, reading: Reading, term: str) -> Meaning:
        typed = " ".join(reading.words)
        return self._exact(term) or self._spoken(reading) or self._correction(typed, whole=True)

    def _half_typed(self, typed: str, meaning: Meaning) -> Meaning:
        return {**self._completions(typed), **meaning} or self._correction(typed, whole=False)

    def _exact(self, term: str) -> Meaning:
        related = {each: _RELATED for each in self._words.related.get(term, ()) if each in self._terms}
        return related | {term: 1.0} if term in self._terms else related

    def _spoken(self, reading: Reading) -> Meaning:
        return {root: _SPOKEN for root in spoken_roots(reading.words[0]) if root in self._terms}

    def _completions(self, typed: str) -> Meaning:
        found: dict[str, float] = {}
        for position in range(bisect_left(self._spelled, typed), len(self._spelled)):
            spelling = self._spelled[position]
            if not spelling.startswith(typed):
                break
            sureness = _COMPLETED * (0.5 + 0.5 * len(typed) / len(spelling))
            term = self._term_of[spelling]
            found[term] = max(sureness, found.get(term, 0))
        likely = sorted(found, key=lambda term: (-found[term], self._terms[term]))[:_MAX_COMPLETIONS]
        return {term: found[term] for term in likely}

    def _correct(self, typed: str, *, whole: bool) -> Meaning:
        """Spellings like the typed one; where it is not `whole` yet, spellings that begin like it."""
        if len(typed) < (_SHORTEST_TO_CORRECT if whole else _SHORTEST_BEGINNING_TO_CORRECT):
            return {}
        spellings = self._spelled if whole else self._beginnings(len(typed))
        if len(typed) < _SHORTEST_TO_CORRECT_FIRST_LETTER:
            initial = typed[0]
            spellings = spellings[bisect_left(spellings, initial) : bisect_left(spellings, chr(ord(initial) + 1))]
        near = process.extract(
            typed, spellings, scorer=OSA.normalized_similarity, score_cutoff=_LIKENESS, limit=_MAX_CORRECTIONS
        )
        found: dict[str, float] = {}
        for spelling, likeness, _ in near:
            terms = (self._term_of[spelling],) if whole else self._completions(spelling)
            for term in terms:
                found[term] = max(_CORRECTED * likeness, found.get(term, 0))
        return found

    def _cut_to(self, length: int) -> list[str]:
        return sorted({spelling[:length] for spelling in self._spelled if len(spelling) > length})

    def _spellings(self, texts: Iterable[str]) -> Mapping[str, str]:
        """Every way to write one of the terms in one word, mapped to it."""
        words = {word for text in texts for word in split_words(text)}
        variants = {variant[0]: terms[0] for variant, terms in self._words.same.items() if len(variant) == 1}
        spelled = {term: term for term in self._terms} | {word: self._words.term(word) for word in words} | variants
        return {spelling: term for spelling, term in spelled.items() if term in self._terms}
