"""What must hold across a catalogue and its registry of service numbers, beyond the shape of each field.

Works on the parsed JSON as it came, however broken, so that these problems are told together with those of shape.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from kiosk.data_file import objects, repeated, strings
from kiosk.errors import Problem


def problems_across(value: object, numbers: Mapping[str, int] | None) -> Iterator[Problem]:
    """Doubles, unknown ids, and what the two files say of each other. `numbers` None: they could not be read."""
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
