"""What a search looks through: every service of a hall as terms, by where they stand; and the full-text index of it."""

import math
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from pysqlite3 import dbapi2

from kiosk.domain.catalogue import Agency, Catalogue, Evidence, LifeEvent, Service
from kiosk.domain.language import Text
from kiosk.domain.site import Site, shown_agencies
from kiosk.search_words import SearchWords

FIELDS: Final = {"name": 1.0, "keywords": 1.0, "agency": 0.55, "events": 0.3, "papers": 0.12}
"""What meeting a word in this field counts."""
_TELLING: Final = 0.5
"""Fields from this weight on say what a service is; how rare a word is, is counted there."""
_SUBJECT: Final = 1.5
"""How much more a subject tells than another word as rare: of `paspor hilang di luar negeri`, the passport."""
_POPULAR: Final = 0.05
_IN_THIS_HALL: Final = 0.02


@dataclass(frozen=True, slots=True)
class Entry:
    """`fields` as in `FIELDS`, each the terms in it; `weights`: term to the best field it stands in."""

    service: Service
    fields: tuple[tuple[str, ...], ...]
    weights: Mapping[str, float]
    phrases: tuple[str, ...]
    prior: float


def spelled_texts(catalogue: Catalogue) -> Iterator[str]:
    for agency in catalogue.agencies:
        yield from (agency.short, agency.name.id, agency.name.en)
        for service in agency.services:
            yield from (service.name.id, service.name.en, *service.keywords)


def index_entries(catalogue: Catalogue, site: Site, words: SearchWords) -> Iterator[Entry]:
    events: dict[str, list[LifeEvent]] = {}
    for event in catalogue.life_events:
        for service_id in event.service_ids:
            events.setdefault(service_id, []).append(event)
    for agency in shown_agencies(catalogue, site):
        for service in agency.services:
            if service.id in site.queue_by_service:
                yield _entry(service, agency, events.get(service.id, ()), site, words)


def _entry(service: Service, agency: Agency, events: Iterable[LifeEvent], site: Site, words: SearchWords) -> Entry:
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
    for terms, weight in zip(fields, FIELDS.values(), strict=True):
        for term in terms:
            weights.setdefault(term, weight)
    phrases = tuple(" ".join(words.terms(text)) for text in (*_both(service.name), *service.keywords))
    popular = _POPULAR * (1 - site.popular.index(service.id) / len(site.popular)) if service.id in site.popular else 0
    here = _IN_THIS_HALL if service.evidence is Evidence.HALL else 0
    return Entry(service, fields, weights, phrases, popular + here)


def _both(text: Text) -> tuple[str, str]:
    return text.id, text.en


def rarities(entries: tuple[Entry, ...], subjects: Collection[str]) -> Mapping[str, float]:
    """Term to how much it tells: the logarithm of how few services it stands for; more for one of the `subjects`."""
    all_terms = {term for entry in entries for term in entry.weights}
    telling = Counter(term for entry in entries for term, weight in entry.weights.items() if weight >= _TELLING)
    return {
        term: math.log(1 + len(entries) / (telling[term] or len(entries))) * (_SUBJECT if term in subjects else 1)
        for term in all_terms
    }


def full_text_index(entries: tuple[Entry, ...]) -> dbapi2.Connection:
    """Row n is entry n. The terms are plain letters and digits, so the tokenizer finds them as they are."""
    connection = dbapi2.connect(":memory:", isolation_level=None)
    connection.execute(f"CREATE VIRTUAL TABLE services USING fts5({', '.join(FIELDS)}, content='', tokenize='ascii')")
    connection.execute("BEGIN")
    connection.executemany(
        f"INSERT INTO services (rowid, {', '.join(FIELDS)}) VALUES (?{', ?' * len(FIELDS)})",  # noqa: S608  # names of ours
        ((row, *(" ".join(terms) for terms in entry.fields)) for row, entry in enumerate(entries)),
    )
    connection.execute("COMMIT")
    return connection
