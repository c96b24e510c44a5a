"""Search by need: from what a visitor types, letter by letter, to the services that answer it.

FTS5 picks candidates out of any number of services; then each is weighed by how much of the need it meets and
where: in its name and keywords, its agency, the life events it belongs to, the papers it asks for.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from rapidfuzz import fuzz

from kiosk.domain.catalogue import Catalogue, Service
from kiosk.domain.language import Language
from kiosk.domain.site import Site
from kiosk.search_index import FIELDS, Entry, full_text_index, index_entries, rarities, spelled_texts
from kiosk.search_vocabulary import Meaning, Vocabulary
from kiosk.search_words import SearchWords, load_search_words, split_words

MAX_WORDS: Final = 12
"""More words than anyone types at a kiosk; the rest of a longer query is not read."""

_CANDIDATES: Final = 60
_UNKNOWN: Final = 1.0
"""What a word that nothing here answers to takes from every score."""
_PHRASE: Final = 0.45
"""How much likeness to the name or one keyword as a whole adds, next to 1.0 for meeting every word."""
_LEAST: Final = 0.2
"""Below this score a hit would only puzzle."""
_BM25: Final = f"bm25(services, {', '.join(str(weight) for weight in FIELDS.values())})"


@dataclass(frozen=True, slots=True)
class Hit:
    """A service that answers a query; a higher `score` answers it better. Scores compare within one query only."""

    service: Service
    score: float


@dataclass(frozen=True, slots=True)
class _Need:
    """One reading of a query: what each word may stand for, and its terms as a whole."""

    meanings: tuple[Meaning, ...]
    whole: str


class ServiceSearch:
    """An index of the services that a hall shows. Belongs to the thread that builds it."""

    def __init__(self, catalogue: Catalogue, site: Site, words: SearchWords | None = None) -> None:
        self._words = words or load_search_words()
        self._entries = tuple(index_entries(catalogue, site, self._words))
        self._rarity = rarities(self._entries, self._words.subjects)
        self._vocabulary = Vocabulary(self._words, self._rarity, spelled_texts(catalogue))
        self._fts = full_text_index(self._entries)

    def find(self, query: str, language: Language, limit: int = 8) -> tuple[Hit, ...]:
        """The services that answer best, best first; the last word may still be half typed."""
        typed, *endings = self._words.told(split_words(query)[:MAX_WORDS])
        needs = [self._need(typed, still_typing=True)]
        needs += (self._need(each, still_typing=False) for each in (*self._words.completed(typed), *endings))
        entries = [self._entries[number] for number in set().union(*map(self._candidates, needs))]
        found = [Hit(entry.service, max(_score(entry, need, self._rarity) for need in needs)) for entry in entries]

        def order(hit: Hit) -> tuple[float, int, int]:
            return -hit.score, len(hit.service.name.in_language(language)), hit.service.number

        return tuple(sorted((hit for hit in found if hit.score >= _LEAST), key=order)[:limit])

    def close(self) -> None:
        self._fts.close()

    def _need(self, words: tuple[str, ...], *, still_typing: bool) -> _Need:
        whole = " ".join(term for reading in self._words.read(words) for term in reading.terms)
        return _Need(self._vocabulary.meanings(words, still_typing=still_typing), whole)

    def _candidates(self, need: _Need) -> set[int]:
        """Numbers of entries that meet the need at all, the most promising ones."""
        terms = {term for meaning in need.meanings for term in meaning}
        if not terms:
            return set()
        wanted = " OR ".join(f'"{term}"' for term in terms)
        # Half the hall asks for an identity card: papers count only where nothing else says what is meant.
        return self._matching(f"- papers : ({wanted})") or self._matching(wanted)

    def _matching(self, expression: str) -> set[int]:
        rows = self._fts.execute(
            f"SELECT rowid FROM services WHERE services MATCH ? ORDER BY {_BM25} LIMIT ?",  # noqa: S608  # numbers of ours
            (expression, _CANDIDATES),
        )
        return {number for (number,) in rows.fetchall()}


def _score(entry: Entry, need: _Need, rarity: Mapping[str, float]) -> float:
    """The share of the need that the service meets, each word counting as much as it tells."""
    met = asked = 0.0
    for meaning in need.meanings:
        weight = max((rarity[term] * sureness for term, sureness in meaning.items()), default=_UNKNOWN)
        asked += weight
        met += weight * max((entry.weights.get(term, 0.0) * sureness for term, sureness in meaning.items()), default=0)
    if not met:
        return 0.0
    likeness = max(fuzz.token_sort_ratio(need.whole, phrase) for phrase in entry.phrases) / 100
    return (met / asked + _PHRASE * likeness**2) / (1 + _PHRASE) + entry.prior
