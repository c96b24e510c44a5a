"""From chosen services to the stops of one ticket: what must come first is first."""

from collections.abc import Mapping, Sequence

from kiosk.domain.catalogue import Service
from kiosk.domain.site import Site
from kiosk.domain.ticket import Stop


def plan_stops(services: Sequence[Service], site: Site) -> tuple[Stop, ...]:
    """The stops of a visit, all waiting at once. Every service must have a queue at the site and occur once.

    The visitor's order is kept except where a service should come after another one of the same visit.
    """
    ordered = _prerequisites_first([service.id for service in services], site.after)
    position = {service_id: index for index, service_id in enumerate(ordered, start=1)}
    by_id = {service.id: service for service in services}
    return tuple(
        Stop(
            position=position[service_id],
            service_id=service_id,
            service_number=by_id[service_id].number,
            queue_code=site.queue_by_service[service_id].code,
            after=tuple(
                sorted(
                    position[earlier]
                    for earlier in site.after.get(service_id, ())
                    if position.get(earlier, len(ordered)) < position[service_id]
                )
            ),
        )
        for service_id in ordered
    )


def _prerequisites_first(chosen: Sequence[str], after: Mapping[str, Sequence[str]]) -> list[str]:
    """A stable order. Services that wait for each other in a circle keep the order they were chosen in."""
    remaining, ordered = list(chosen), list[str]()
    while remaining:
        free = (each for each in remaining if not set(after.get(each, ())) & set(remaining) - {each})
        ordered.append(next(free, remaining[0]))
        remaining.remove(ordered[-1])
    return ordered
