"""The site file: one hall's floors, queues, counters and hours, read into the domain's site."""

import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, time, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Final, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Field

from kiosk.data_file import FileModel, Name, Passage, parse_json, parse_model, read_bytes, refuse, spelled
from kiosk.domain.catalogue import Catalogue
from kiosk.domain.language import Text
from kiosk.domain.queue_code import CODE_PATTERN
from kiosk.domain.site import END_OF_DAY, Counter, DateException, Floor, Queue, Site, TimeRange, WeeklyHours, Zone
from kiosk.errors import DataFileError, Problem
from kiosk.site_rules import problems_across

WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
EVERY_SERVICE: Final = "all"
"""A queue with these services takes what no other queue of its agency names, new services included."""

_TIME: Final = re.compile(r"\d\d:\d\d")
_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d")
"""Python reads more spellings; with one of each, doubles are seen and people are sure."""


def _time_range(value: object) -> TimeRange:
    match value:
        case [str(opens), str(closes)] if _TIME.fullmatch(opens) and _TIME.fullmatch(closes):
            with suppress(ValueError):  # 25:00 has the form of a time but is none
                return TimeRange(time.fromisoformat(opens), _closing_time(closes))
    return refuse('must be two times of day such as ["07:30", "16:00"]')


def _closing_time(text: str) -> time:
    return END_OF_DAY if text == "24:00" else time.fromisoformat(text)


def _check_range(value: TimeRange) -> TimeRange:
    if value.opens >= value.closes:
        refuse(f"opens at {value.opens:%H:%M}, which is not before it closes at {value.closes:%H:%M}")
    return value


def _check_day(ranges: list[TimeRange]) -> list[TimeRange]:
    in_order = sorted(ranges, key=lambda each: each.opens)
    for earlier, later in pairwise(in_order):
        if later.opens < earlier.closes:
            refuse(f"overlap: {earlier.opens:%H:%M}-{earlier.closes:%H:%M} and {later.opens:%H:%M}-")
    return in_order


def _date(value: object) -> date:
    if isinstance(value, str) and _DATE.fullmatch(value):
        with suppress(ValueError):  # 2026-02-30 has the form of a date but is none
            return date.fromisoformat(value)
    return refuse('must be a date such as "2026-08-17"')


def _timezone(value: object) -> ZoneInfo:
    if not isinstance(value, str):
        refuse("must be text")
    try:
        return ZoneInfo(value)
    except (ValueError, OSError, KeyError):  # ZoneInfoNotFoundError is a KeyError; odd keys raise the other two
        return refuse(f"{value!r} is no time zone; Indonesia has Asia/Jakarta, Asia/Makassar and Asia/Jayapura")


def _check_services(value: object) -> object:
    if value == EVERY_SERVICE or (isinstance(value, list) and value and all(isinstance(each, str) for each in value)):
        return value
    return refuse(f'must be "{EVERY_SERVICE}" or a list of service ids')


Range = Annotated[TimeRange, BeforeValidator(_time_range), AfterValidator(_check_range)]
Day = Annotated[list[Range], AfterValidator(_check_day)]
Code = Annotated[str, spelled(CODE_PATTERN.pattern, "must be one or two capital letters")]
SiteId = Annotated[
    str, spelled(r"(?=.{1,80}$)[a-z0-9]+(-[a-z0-9]+)*", "must be small letters and digits joined by hyphens")
]
PublicUrl = Annotated[
    str,
    spelled(
        r"(?=.{1,60}$)HTTPS://[A-Z0-9.-]+(:[0-9]+)?",
        "must be the start of an address in capitals, such as HTTPS://MPP.EXAMPLE, which keeps the QR code small",
    ),
]


class _WeekModel(FileModel):
    mon: Day
    tue: Day
    wed: Day
    thu: Day
    fri: Day
    sat: Day
    sun: Day

    def hours(self) -> WeeklyHours:
        return tuple(tuple(getattr(self, weekday)) for weekday in WEEKDAYS)


class _TextModel(FileModel):
    id: Passage
    en: Passage

    def text(self) -> Text:
        return Text(self.id, self.en)


class _FloorModel(FileModel):
    number: int
    name_id: Name
    name_en: Name


class _ZoneModel(FileModel):
    id: Name
    floor: int
    name_id: Name
    name_en: Name


class _CounterModel(FileModel):
    number: Annotated[int, Field(ge=1, le=9999)]
    zone: str


class _ExceptionModel(FileModel):
    date: Annotated[date, BeforeValidator(_date)]
    reason_id: Name
    reason_en: Name
    hours: Day


class _QueueModel(FileModel):
    code: Code
    number: Annotated[int, Field(ge=1, le=255)]
    agency: str
    name_id: Name
    name_en: Name
    services: Annotated[Any, BeforeValidator(_check_services)]
    counters: Annotated[list[_CounterModel], Field(min_length=1)]
    hours: _WeekModel | None
    cut_off_minutes: Annotated[int, Field(ge=0, le=24 * 60)]
    quota: Annotated[int, Field(ge=1)] | None
    force_closed: _TextModel | None


class _SiteModel(FileModel):
    """`about` says where the data comes from and what the operator has not confirmed."""

    schema_version: Literal[1]
    about: dict[str, Any]
    id: SiteId
    number: Annotated[int, Field(ge=1, le=0xFFFF)]
    name_id: Name
    name_en: Name
    short_name_id: Name
    short_name_en: Name
    address: Name
    timezone: Annotated[ZoneInfo, BeforeValidator(_timezone)]
    floors: Annotated[list[_FloorModel], Field(min_length=1)]
    zones: Annotated[list[_ZoneModel], Field(min_length=1)]
    hours: _WeekModel
    friday_break: Range | None
    exceptions: list[_ExceptionModel]
    procedure: list[_TextModel]
    complaint_channels: list[Name]
    queues: Annotated[list[_QueueModel], Field(min_length=1)]
    after: dict[str, list[str]]
    popular: list[str]
    public_url: PublicUrl | None
    is_demonstration: bool


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
    model, problems = parse_model(_SiteModel, value)
    problems += tuple(problems_across(value, catalogue))
    if model is not None:
        problems += tuple(_hours_beyond_the_halls(model))
    if problems or model is None:
        raise DataFileError(name, problems)
    return _site(model, catalogue)


def _hours_beyond_the_halls(model: _SiteModel) -> Iterator[Problem]:
    """A queue cannot be open when the building is not."""
    for index, queue in enumerate(model.queues):
        if queue.hours is None:
            continue
        for weekday, hall, own in zip(WEEKDAYS, model.hours.hours(), queue.hours.hours(), strict=True):
            for each in own:
                if not any(range_.opens <= each.opens and each.closes <= range_.closes for range_ in hall):
                    path = f"queues.{index}.hours.{weekday}"
                    yield Problem(path, f"{each.opens:%H:%M}-{each.closes:%H:%M} is not within the hall's hours")


def _site(model: _SiteModel, catalogue: Catalogue) -> Site:
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


def _with_services(model: _SiteModel, catalogue: Catalogue) -> Iterator[tuple[_QueueModel, frozenset[str]]]:
    named = {service for queue in model.queues if queue.services != EVERY_SERVICE for service in queue.services}
    for queue in model.queues:
        if queue.services == EVERY_SERVICE:
            offered = {service.id for service in catalogue.agencies_by_id[queue.agency].services}
            yield queue, frozenset(offered - named)
        else:
            yield queue, frozenset(queue.services)


def _queue(model: _QueueModel, service_ids: frozenset[str]) -> Queue:
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
    )
