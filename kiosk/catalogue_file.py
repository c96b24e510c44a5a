"""The catalogue file and the registry of service numbers, read into the domain's catalogue."""

from collections.abc import Mapping
from pathlib import Path

from kiosk.catalogue_rules import problems_across
from kiosk.catalogue_shape import AgencyModel, CatalogueModel, NumbersModel, ServiceModel
from kiosk.data_file import digest, parse_json, parse_model, read_bytes
from kiosk.domain.catalogue import Agency, Catalogue, Evidence, Fee, FeeKind, LifeEvent, Presence, Service
from kiosk.domain.language import Text
from kiosk.errors import DataFileError, Problem
from kiosk.finishing_time import in_both_languages


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
    model, problems = parse_model(CatalogueModel, value)
    numbers, number_problems = parse_model(NumbersModel, numbers_value)
    problems += tuple(Problem(f"service numbers, {problem.path}", problem.sentence) for problem in number_problems)
    problems += tuple(problems_across(value, numbers.root if numbers else None))
    if problems or model is None or numbers is None:
        raise DataFileError(name, problems)
    return _catalogue(model, numbers.root, digest(raw))


def _catalogue(model: CatalogueModel, numbers: Mapping[str, int], version: str) -> Catalogue:
    minutes = {name: each.planning_minutes for name, each in model.service_classes.items()}
    return Catalogue(
        version=version,
        agencies=tuple(_agency(agency, numbers, minutes) for agency in model.agencies),
        life_events=tuple(
            LifeEvent(event.id, Text(event.name_id, event.name_en), tuple(event.service_ids))
            for event in model.life_events
        ),
    )


def _agency(model: AgencyModel, numbers: Mapping[str, int], minutes: Mapping[str, int]) -> Agency:
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


def _service(model: ServiceModel, agency_id: str, numbers: Mapping[str, int], minutes: Mapping[str, int]) -> Service:
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


def _fee(model: ServiceModel) -> Fee:
    match model.fee_idr:
        case None:
            return Fee(FeeKind.UNKNOWN, note_en=model.fee_note_en)
        case 0:
            return Fee(FeeKind.FREE, note_en=model.fee_note_en)
        case int(amount):
            return Fee(FeeKind.FIXED, amount, model.fee_note_en)
        case _:
            return Fee(FeeKind.VARIES, note_en=model.fee_note_en)
