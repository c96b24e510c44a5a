"""The site file: one hall's floors, queues, counters and hours, read into the domain's site."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from kiosk.data_file import parse_json, parse_model, read_bytes
from kiosk.domain.catalogue import Catalogue
from kiosk.domain.language import Text
from kiosk.domain.site import Counter, DateException, Floor, Queue, Site, Zone
from kiosk.errors import DataFileError, Problem
from kiosk.site_rules import problems_across
from kiosk.site_shape import EVERY_SERVICE, WEEKDAYS, QueueModel, SiteModel


def load_site(path: Path, catalogue: Catalogue) -> Site:
    """The hall in the file, whose queues serve what the catalogue offers.

    Raises:
        DataFileError: the file is unreadable or wrong; every problem is listed.
    """
    return parse_site(path.name, read_bytes(path), catalogue)


def parse_site(name: str, raw: bytes, catalogue: Catalogue) -> Site:
    """The hall in the bytes of a file; `name` is what an error calls it.

    Raises:
        DataFileError: something in it is wrong; every problem is listed.
    """
    value = parse_json(name, raw)
    model, problems = parse_model(SiteModel, value)
    problems += tuple(problems_across(value, catalogue))
    if model is not None:
        problems += tuple(_hours_beyond_the_halls(model))
    if problems or model is None:
        raise DataFileError(name, problems)
    return _site(model, catalogue)


def _hours_beyond_the_halls(model: SiteModel) -> Iterator[Problem]:
    """A queue cannot be open when the building is not."""
    for index, queue in enumerate(model.queues):
        if queue.hours is None:
            continue
        for weekday, hall, own in zip(WEEKDAYS, model.hours.hours(), queue.hours.hours(), strict=True):
            for each in own:
                if not any(range_.opens <= each.opens and each.closes <= range_.closes for range_ in hall):
                    path = f"queues.{index}.hours.{weekday}"
                    yield Problem(path, f"{each.opens:%H:%M}-{each.closes:%H:%M} is not within the hall's hours")


def _site(model: SiteModel, catalogue: Catalogue) -> Site:
    return Site(
        id=model.id,
        number=model.number,
        name=Text(model.name_id, model.name_en),
        short_name=Text(model.short_name_id, model.short_name_en),
        address=model.address,
        timezone=model.timezone,
        floors=tuple(Floor(floor.number, Text(floor.name_id, floor.name_en)) for floor in model.floors),
        zones=tuple(Zone(zone.id, zone.floor, Text(zone.name_id, zone.name_en)) for zone in model.zones),
        queues=tuple(_queue(queue, services) for queue, services in _with_services(model, catalogue)),
        hours=model.hours.hours(),
        exceptions=tuple(
            DateException(each.date, Text(each.reason_id, each.reason_en), tuple(each.hours))
            for each in model.exceptions
        ),
        friday_break=model.friday_break,
        procedure=tuple(step.text() for step in model.procedure),
        complaint_channels=tuple(model.complaint_channels),
        after={later: tuple(earlier) for later, earlier in model.after.items()},
        public_url=model.public_url,
        is_demonstration=model.is_demonstration,
        popular=tuple(model.popular),
    )


def _with_services(model: SiteModel, catalogue: Catalogue) -> Iterator[tuple[QueueModel, frozenset[str]]]:
    named = {service for queue in model.queues if queue.services != EVERY_SERVICE for service in queue.services}
    for queue in model.queues:
        if queue.services == EVERY_SERVICE:
            offered = {service.id for service in catalogue.agencies_by_id[queue.agency].services}
            yield queue, frozenset(offered - named)
        else:
            yield queue, frozenset(queue.services)


def _queue(model: QueueModel, service_ids: frozenset[str]) -> Queue:
    return Queue(
        code=model.code,
        number=model.number,
        agency_id=model.agency,
        name=Text(model.name_id, model.name_en),
        service_ids=service_ids,
        counters=tuple(Counter(counter.number, counter.zone) for counter in model.counters),
        hours=None if model.hours is None else model.hours.hours(),
        cut_off=timedelta(minutes=model.cut_off_minutes),
        quota=model.quota,
        force_closed=None if model.force_closed is None else model.force_closed.text(),
        calling=model.calling.rules(),
    )
