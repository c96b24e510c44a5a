"""What must hold across a site file and its catalogue, beyond the shape of each field.

Works on the parsed JSON as it came, however broken, so that these problems are told together with those of shape.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from kiosk.data_file import objects, repeated, strings
from kiosk.domain.catalogue import Catalogue
from kiosk.domain.queue_code import CODE_PATTERN, sounds_alike
from kiosk.errors import Problem

_Found = list[tuple[str, dict[str, Any]]]


def problems_across(value: object, catalogue: Catalogue) -> Iterator[Problem]:
    """Doubles, ids that nothing answers to, codes that sound alike, counters in two places, cycles."""
    if not isinstance(value, dict):
        return
    floors, zones, queues = (list(objects(value, key)) for key in ("floors", "zones", "queues"))
    yield from _doubles(floors, "number")
    yield from _doubles(zones, "id")
    yield from _doubles(queues, "code")
    yield from _doubles(queues, "number")
    yield from _doubles(list(objects(value, "exceptions")), "date")
    yield from _unknown(_column(zones, "floor"), {floor.get("number") for _, floor in floors}, "floor")
    yield from _alike_codes(queues)
    yield from _queue_problems(queues, {zone.get("id") for _, zone in zones if isinstance(zone.get("id"), str)})
    yield from _service_problems(queues, catalogue)
    yield from _unknown(strings(value, "popular"), catalogue.services.keys(), "service of the catalogue")
    yield from repeated(strings(value, "popular"))
    yield from _after_problems(value.get("after"), catalogue)


def _doubles(found: _Found, key: str) -> Iterator[Problem]:
    yield from repeated(_column(found, key))


def _column(found: _Found, key: str) -> Iterator[tuple[str, str | int]]:
    for path, item in found:
        if isinstance(item.get(key), str | int):
            yield f"{path}.{key}", item[key]


def _unknown(found: Iterable[tuple[str, object]], known: Iterable[object], what: str) -> Iterator[Problem]:
    answers = frozenset(known)
    for path, mentioned in found:
        if mentioned not in answers:
            yield Problem(path, f"{mentioned!r} is no {what}")


def _alike_codes(queues: _Found) -> Iterator[Problem]:
    seen: list[str] = []
    for path, code in _column(queues, "code"):
        if isinstance(code, str) and CODE_PATTERN.fullmatch(code):
            yield from (
                Problem(path, f"{code!r} sounds like {other!r} when it is called")
                for other in seen
                if other != code and sounds_alike(other, code)
            )
            seen.append(code)


def _queue_problems(queues: _Found, zone_ids: set[Any]) -> Iterator[Problem]:
    """Queues may share a counter, but a counter stands in one place."""
    stands_in: dict[int, object] = {}
    for path, queue in queues:
        counters = list(objects(queue, "counters", f"{path}."))
        yield from _doubles(counters, "number")
        yield from _unknown(_column(counters, "zone"), zone_ids, "zone of this site")
        for counter_path, counter in counters:
            number, zone = counter.get("number"), counter.get("zone")
            if isinstance(number, int) and stands_in.setdefault(number, zone) != zone:
                yield Problem(counter_path, f"counter {number} stands in zone {stands_in[number]!r} already")


def _service_problems(queues: _Found, catalogue: Catalogue) -> Iterator[Problem]:
    """Each service is called from one queue, which is its agency's."""
    agencies = catalogue.agencies_by_id
    yield from _unknown(_column(queues, "agency"), agencies.keys(), "agency of the catalogue")
    yield from repeated(found for path, queue in queues for found in strings(queue, "services", f"{path}."))
    yield from repeated(
        (f"{path}.services", f"every other service of {queue['agency']}")
        for path, queue in queues
        if queue.get("services") == "all" and isinstance(queue.get("agency"), str)
    )
    for path, queue in queues:
        for service_path, service_id in strings(queue, "services", f"{path}."):
            service = catalogue.services.get(service_id)
            if service is None:
                yield Problem(service_path, f"{service_id!r} is no service of the catalogue")
            elif service.agency_id != queue.get("agency"):
                yield Problem(service_path, f"{service_id!r} belongs to the agency {service.agency_id!r}")


def _after_problems(after: object, catalogue: Catalogue) -> Iterator[Problem]:
    if not isinstance(after, dict):
        return
    rules = {later: [name for _, name in strings(after, later)] for later in after}
    for later, earlier in rules.items():
        names = ((f"after.{later}", name) for name in (later, *earlier))
        yield from _unknown(names, catalogue.services.keys(), "service of the catalogue")
        yield from repeated(strings(after, later, "after."))
    cycle = find_cycle(rules)
    if cycle:
        yield Problem(f"after.{cycle[0]}", f"waits for itself: {' after '.join((*cycle, cycle[0]))}")


def find_cycle(after: Mapping[str, Iterable[str]]) -> tuple[str, ...]:
    """One cycle in the rules, each name waiting for the next and the last for the first; empty if there is none."""
    settled: set[str] = set()
    for start in after:
        trail: dict[str, Iterator[str]] = {start: iter(after[start])}
        while trail:
            name = next(reversed(trail))
            earlier = next((each for each in trail[name] if each not in settled), None)
            if earlier is None:
                settled.add(name)
                del trail[name]
            elif earlier in trail:
                walked = list(trail)
                return tuple(walked[walked.index(earlier) :])
            else:
                trail[earlier] = iter(after.get(earlier, ()))
    return ()
