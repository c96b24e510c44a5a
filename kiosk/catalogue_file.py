"""The catalogue file and the registry of service numbers, read into the domain's catalogue."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import BeforeValidator, Field, RootModel

from kiosk.data_file import (
    FileModel,
    Name,
    Passage,
    digest,
    objects,
    parse_json,
    parse_model,
    read_bytes,
    refuse,
    repeated,
    spelled,
    strings,
)
from kiosk.domain.catalogue import Agency, Catalogue, Evidence, Fee, FeeKind, LifeEvent, Presence, Service
from kiosk.domain.language import Text
from kiosk.errors import DataFileError, Problem
from kiosk.finishing_time import in_both_languages

LAST_NUMBER: Final = 0xFFFF

Identifier = Annotated[
    str,
    spelled(
        r"(?=.{1,80}$)[a-z0-9]+([.-][a-z0-9]+)*",
        "must be small letters and digits joined by dots or hyphens, such as dukcapil.ktp-baru, 80 at most",
    ),
]


def _check_fee(value: object) -> object:
    if value is None or value == "varies" or (type(value) is int and value >= 0):
        return value
    return refuse('must be rupiah as a whole number, 0 for free, "varies", or null for unknown')


class _ServiceModel(FileModel):
    id: Identifier
    name_id: Name
    name_en: Name
    requirements_id: list[Name]
    requirements_en: list[Name]
    fee_idr: Annotated[Any, BeforeValidator(_check_fee)]
    fee_note_en: Passage | None = None
    legal_basis: Passage | None
    service_time: Passage | None
    counter_minutes: Annotated[int, Field(ge=1, le=480)] | None
    service_class: Name
    priority_eligible: bool
    online_first: bool
    evidence: Literal["mpp-jakarta", "agency"]
    keywords_id: list[Name]
    life_events: list[str]
    sources: list[str]


class _AgencyModel(FileModel):
    id: Identifier
    name_id: Name
    name_en: Name
    short: Name
    kind: Name
    floor: int | None
    presence: Literal["confirmed", "typical"]
    note: Passage | None
    sources: list[str]
    services: list[_ServiceModel]


class _LifeEventModel(FileModel):
    id: Identifier
    name_id: Name
    name_en: Name
    service_ids: Annotated[list[str], Field(min_length=1)]


class _ClassModel(FileModel):
    planning_minutes: Annotated[int, Field(ge=1, le=480)]
    basis: Passage


class _SourceModel(FileModel):
    id: str
    url: str
    title: Passage
    date: str | None


class _CatalogueModel(FileModel):
    """`about` and `site` tell readers of the file where it comes from; the hall itself is the site file's."""

    schema_version: Literal[1]
    about: dict[str, Any]
    site: dict[str, Any]
    service_classes: dict[str, _ClassModel]
    sources: list[_SourceModel]
    agencies: Annotated[list[_AgencyModel], Field(min_length=1)]
    life_events: list[_LifeEventModel]


class _NumbersModel(RootModel[dict[str, Annotated[int, Field(ge=1, le=LAST_NUMBER, strict=True)]]]): ...


def load_catalogue(path: Path, numbers: Path) -> Catalogue:
    """The catalogue in the file, its services numbered by the registry `numbers`.

    Raises:
        DataFileError: either file is unreadable or wrong; every problem is listed.
    """
    return parse_catalogue(path.name, read_bytes(path), read_bytes(numbers))


def parse_catalogue(name: str, raw: bytes, raw_numbers: bytes) -> Catalogue:
    """The catalogue in the bytes of the two files; `name` is what an error calls it.

    Raises:
        DataFileError: either is wrong; every problem is listed.
    """
    value = parse_json(name, raw)
    numbers_value = parse_json(f"service numbers of {name}", raw_numbers)
    model, problems = parse_model(_CatalogueModel, value)
    numbers, number_problems = parse_model(_NumbersModel, numbers_value)
    problems += tuple(Problem(f"service numbers, {problem.path}", problem.sentence) for problem in number_problems)
    problems += tuple(_problems_across(value, numbers.root if numbers else None))
    if problems or model is None or numbers is None:
        raise DataFileError(name, problems)
    return _catalogue(model, numbers.root, digest(raw))


def _problems_across(value: object, numbers: Mapping[str, int] | None) -> Iterator[Problem]:
    """What no single field can show: doubles, unknown ids, and what the two files say of each other."""
    agencies = list(objects(value, "agencies"))
    services = [found for path, agency in agencies for found in objects(agency, "services", f"{path}.")]
    events = list(objects(value, "life_events"))
    sources = list(objects(value, "sources"))
    for group in (agencies, services, events, sources):
        yield from repeated((f"{path}.id", item.get("id")) for path, item in group)
    if agencies and not services:
        yield Problem("agencies", "offer no service at all")
    known_services, known_sources, known_events = _ids(services), _ids(sources), _ids(events)
    for path, event in events:
        yield from repeated(strings(event, "service_ids", f"{path}."))
        yield from _unknown(event, "service_ids", path, known_services, "service")
    for path, item in (*agencies, *services):
        yield from _unknown(item, "sources", path, known_sources, "source")
    for path, service in services:
        yield from _unknown(service, "life_events", path, known_events, "life event")
        yield from _service_problems(path, service, value)
    if numbers is not None:
        yield from repeated((f"service numbers, {service_id}", number) for service_id, number in numbers.items())
        for path, service in services:
            if isinstance(service.get("id"), str) and service["id"] not in numbers:
                yield Problem(f"{path}.id", "has no number yet: run scripts/number_services.py")


def _service_problems(path: str, service: Mapping[str, Any], value: object) -> Iterator[Problem]:
    in_indonesian, in_english = service.get("requirements_id"), service.get("requirements_en")
    if isinstance(in_indonesian, list) and isinstance(in_english, list) and len(in_indonesian) != len(in_english):
        yield Problem(
            f"{path}.requirements_en", f"lists {len(in_english)} where requirements_id lists {len(in_indonesian)}"
        )
    classes = value.get("service_classes") if isinstance(value, dict) else None
    service_class = service.get("service_class")
    if isinstance(classes, dict) and isinstance(service_class, str) and service_class not in classes:
        yield Problem(f"{path}.service_class", f"{service_class!r} is not one of service_classes")


def _unknown(item: Mapping[str, Any], key: str, path: str, known: frozenset[str], what: str) -> Iterator[Problem]:
    for place, mentioned in strings(item, key, f"{path}."):
        if mentioned not in known:
            yield Problem(place, f"{mentioned!r} is no {what} of this file")


def _ids(found: list[tuple[str, dict[str, Any]]]) -> frozenset[str]:
    return frozenset(item["id"] for _, item in found if isinstance(item.get("id"), str))


def _catalogue(model: _CatalogueModel, numbers: Mapping[str, int], version: str) -> Catalogue:
    minutes = {name: each.planning_minutes for name, each in model.service_classes.items()}
    return Catalogue(
        version=version,
        agencies=tuple(_agency(agency, numbers, minutes) for agency in model.agencies),
        life_events=tuple(
            LifeEvent(event.id, Text(event.name_id, event.name_en), tuple(event.service_ids))
            for event in model.life_events
        ),
    )


def _agency(model: _AgencyModel, numbers: Mapping[str, int], minutes: Mapping[str, int]) -> Agency:
    return Agency(
        id=model.id,
        name=Text(model.name_id, model.name_en),
        short=model.short,
        kind=model.kind,
        floor=model.floor,
        presence=Presence(model.presence),
        note=model.note,
        sources=tuple(model.sources),
        services=tuple(_service(service, model.id, numbers, minutes) for service in model.services),
    )


def _service(model: _ServiceModel, agency_id: str, numbers: Mapping[str, int], minutes: Mapping[str, int]) -> Service:
    """The source publishes neither procedure nor product, so neither is said."""
    return Service(
        id=model.id,
        number=numbers[model.id],
        agency_id=agency_id,
        name=Text(model.name_id, model.name_en),
        requirements=tuple(map(Text, model.requirements_id, model.requirements_en)),
        fee=_fee(model),
        finishing_time=None if model.service_time is None else in_both_languages(model.service_time),
        procedure=None,
        product=None,
        legal_basis=model.legal_basis,
        service_class=model.service_class,
        planning_minutes=minutes[model.service_class],
        counter_minutes=model.counter_minutes,
        online_first=model.online_first,
        evidence=Evidence(model.evidence),
        keywords=tuple(model.keywords_id),
        sources=tuple(model.sources),
    )


def _fee(model: _ServiceModel) -> Fee:
    match model.fee_idr:
        case None:
            return Fee(FeeKind.UNKNOWN, note_en=model.fee_note_en)
        case 0:
            return Fee(FeeKind.FREE, note_en=model.fee_note_en)
        case int(amount):
            return Fee(FeeKind.FIXED, amount, model.fee_note_en)
        case _:
            return Fee(FeeKind.VARIES, note_en=model.fee_note_en)
