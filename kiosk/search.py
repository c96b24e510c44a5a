"""Search by need: from what a visitor types, letter by letter, to the services that answer it.

FTS5 picks candidates out of any number of services; then each is weighed by how much of the need it meets and
where: in its name and keywords, its agency, the life events it belongs to, the papers it asks for.
"""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from pysqlite3 import dbapi2
from rapidfuzz import fuzz

from kiosk.domain.catalogue import Agency, Catalogue, Evidence, LifeEvent, Service
from kiosk.domain.language import Language, Text
from kiosk.domain.site import Site, shown_agencies
from kiosk.search_vocabulary import Meaning, Vocabulary
from kiosk.search_words import SearchWords, load_search_words, split_words

MAX_WORDS: Final = 12
"""More words than anyone types at a kiosk; the rest of a longer query is not read."""

_CANDIDATES: Final = 60
_FIELDS: Final = {"name": 1.0, "keywords": 1.0, "agency": 0.55, "events": 0.3, "papers": 0.12}
"""What meeting a word in this field counts."""
_TELLING: Final = 0.5
"""Fields from this weight on say what a service is; how rare a word is, is counted there."""
_UNKNOWN: Final = 1.0
"""What a word that nothing here answers to takes from every score."""
_PHRASE: Final = 0.45
"""How much likeness to the name or one keyword as a whole adds, next to 1.0 for meeting every word."""
_POPULAR: Final = 0.05
_IN_THIS_HALL: Final = 0.02
_LEAST: Final = 0.2
"""Below this score a hit would only puzzle."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A service that answers a query; a higher `score` answers it better. Scores compare within one query only."""

    service: Service
    score: float


@dataclass(frozen=True, slots=True)
class _Entry:
    """`fields` as in `_FIELDS`, each the terms in it; `weights`: term to the best field it stands in."""

    service: Service
    fields: tuple[tuple[str, ...], ...]
    weights: Mapping[str, float]
    phrases: tuple[str, ...]
    prior: float


class ServiceSearch:
    """An index of the services that a hall shows. Belongs to the thread that builds it."""

    def __init__(self, catalogue: Catalogue, site: Site, words: SearchWords | None = None) -> None:
        self._words = words or load_search_words()
        self._entries = tuple(_entries(catalogue, site, self._words))
        self._rarity = _rarities(self._entries)
        self._vocabulary = Vocabulary(self._words, self._rarity, _texts(catalogue))
        self._fts = _full_text_index(self._entries)

    def find(self, query: str, language: Language, limit: int = 8) -> tuple[Hit, ...]:
        """The services that answer best, best first; the last word may still be half typed."""
        words = split_words(query)[:MAX_WORDS]
        meanings = self._vocabulary.meanings(words)
        whole = " ".join(term for reading in self._words.read(words) for term in reading.terms)
        found = [Hit(entry.service, self._score(entry, meanings, whole)) for entry in self._candidates(meanings)]

        def order(hit: Hit) -> tuple[float, int, str]:
            name = hit.service.name.in_language(language)
            return -hit.score, len(name), name

        return tuple(sorted((hit for hit in found if hit.score >= _LEAST), key=order)[:limit])

    def close(self) -> None:
        self._fts.close()

    def _candidates(self, meanings: Iterable[Meaning]) -> Iterator[_Entry]:
        terms = {term for meaning in meanings for term in meaning}
        if terms:
            rows = self._fts.execute(
                f"SELECT rowid FROM services WHERE services MATCH ? ORDER BY bm25(services, {_WEIGHTS}) LIMIT ?",  # noqa: S608  # numbers of ours
                (" OR ".join(f'"{term}"' for term in terms), _CANDIDATES),
            )
            yield from (self._entries[rowid] for (rowid,) in rows.fetchall())

    def _score(self, entry: _Entry, meanings: Iterable[Meaning], whole: str) -> float:
        met = asked = 0.0
        for meaning in meanings:
            weight = max((self._rarity[term] * sureness for term, sureness in meaning.items()), default=_UNKNOWN)
            asked += weight
            met += weight * max(
                (sureness * entry.weights.get(term, 0.0) for term, sureness in meaning.items()), default=0
            )
        likeness = max(fuzz.token_sort_ratio(whole, phrase) for phrase in entry.phrases) / 100
        return (met / asked + _PHRASE * likeness**2) / (1 + _PHRASE) + entry.prior if met else 0.0


_WEIGHTS: Final = ", ".join(str(weight) for weight in _FIELDS.values())


def _texts(catalogue: Catalogue) -> Iterator[str]:
    for agency in catalogue.agencies:
        yield from (agency.short, agency.name.id, agency.name.en)
        for service in agency.services:
            yield from (service.name.id, service.name.en, *service.keywords)


def _entries(catalogue: Catalogue, site: Site, words: SearchWords) -> Iterator[_Entry]:
    events: dict[str, list[LifeEvent]] = {}
    for event in catalogue.life_events:
        for service_id in event.service_ids:
            events.setdefault(service_id, []).append(event)
    for agency in shown_agencies(catalogue, site):
        for service in agency.services:
            if service.id in site.queue_by_service:
                yield _entry(service, agency, events.get(service.id, ()), site, words)


def _entry(service: Service, agency: Agency, events: Iterable[LifeEvent], site: Site, words: SearchWords) -> _Entry:
    fields = tuple(
        tuple(term for text in texts for term in words.terms(text))
        for texts in (
            _both(service.name),
            service.keywords,
            (agency.short, *_both(agency.name)),
            tuple(text for event in events for text in _both(event.name)),
            tuple(text for paper in service.requirements for text in _both(paper)),
        )
    )
    weights: dict[str, float] = {}
    for terms, weight in zip(fields, _FIELDS.values(), strict=True):
        for term in terms:
            weights.setdefault(term, weight)
    phrases = tuple(" ".join(words.terms(text)) for text in (*_both(service.name), *service.keywords))
    popular = _POPULAR * (1 - site.popular.index(service.id) / len(site.popular)) if service.id in site.popular else 0
    here = _IN_THIS_HALL if service.evidence is Evidence.HALL else 0
    return _Entry(service, fields, weights, phrases, popular + here)


def _both(text: Text) -> tuple[str, str]:
    return text.id, text.en


def _rarities(entries: tuple[_Entry, ...]) -> Mapping[str, float]:
    """Term to how much it tells: the logarithm of how few services it stands for."""
    all_terms = {term for entry in entries for term in entry.weights}
    telling = Counter(term for entry in entries for term, weight in entry.weights.items() if weight >= _TELLING)
    return {term: math.log(1 + len(entries) / (telling[term] or len(entries))) for term in all_terms}


def _full_text_index(entries: tuple[_Entry, ...]) -> dbapi2.Connection:
    """Row n is entry n. The terms are plain letters and digits, so the tokenizer finds them as they are."""
    connection = dbapi2.connect(":memory:", isolation_level=None)
    connection.execute(f"CREATE VIRTUAL TABLE services USING fts5({', '.join(_FIELDS)}, content='', tokenize='ascii')")
    connection.execute("BEGIN")
    connection.executemany(
        f"INSERT INTO services (rowid, {', '.join(_FIELDS)}) VALUES (?{', ?' * len(_FIELDS)})",  # noqa: S608  # names of ours
        ((row, *(" ".join(terms) for terms in entry.fields)) for row, entry in enumerate(entries)),
    )
    connection.execute("COMMIT")
    return connection
