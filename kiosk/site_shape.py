"""The shape of the site file, field by field."""

import re
from contextlib import suppress
from datetime import date, time, timedelta
from itertools import pairwise
from typing import Annotated, Any, Final, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Field

from kiosk.data_file import FileModel, Name, Passage, refuse, spelled
from kiosk.domain.calling_rules import CallingRules
from kiosk.domain.language import Text
from kiosk.domain.queue_code import CODE_PATTERN
from kiosk.domain.site import END_OF_DAY, TimeRange, WeeklyHours

WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
EVERY_SERVICE: Final = "all"
"""A queue with these services takes what no other queue of its agency names, new services included."""

_MINUTE: Final = timedelta(minutes=1)
_CALLING: Final = CallingRules()

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
    str,
    spelled(r"(?=.{1,64}$)[a-z0-9]+(-[a-z0-9]+)*", "must be small letters and digits joined by hyphens, 64 at most"),
]
PublicUrl = Annotated[
    str,
    spelled(
        r"(?=.{1,60}$)HTTPS://[A-Z0-9.-]+(:[0-9]+)?",
        "must be the start of an address in capitals, such as HTTPS://MPP.EXAMPLE, which keeps the QR code small",
    ),
]


class WeekModel(FileModel):
    mon: Day
    tue: Day
    wed: Day
    thu: Day
    fri: Day
    sat: Day
    sun: Day

    def hours(self) -> WeeklyHours:
        return tuple(tuple(getattr(self, weekday)) for weekday in WEEKDAYS)


class TextModel(FileModel):
    id: Passage
    en: Passage

    def text(self) -> Text:
        return Text(self.id, self.en)


class FloorModel(FileModel):
    number: int
    name_id: Name
    name_en: Name


class ZoneModel(FileModel):
    id: Name
    floor: int
    name_id: Name
    name_en: Name


class CounterModel(FileModel):
    number: Annotated[int, Field(ge=1, le=9999)]
    zone: str


class ExceptionModel(FileModel):
    date: Annotated[date, BeforeValidator(_date)]
    reason_id: Name
    reason_en: Name
    hours: Day


class CallingModel(FileModel):
    """How a queue is called; what is left out is as `kiosk.domain.calling_rules` says."""

    ordinary_per_priority: Annotated[int, Field(ge=1, le=20)] = _CALLING.ordinary_per_priority
    priority_ceiling_minutes: Annotated[int, Field(ge=1, le=24 * 60)] = _CALLING.priority_ceiling // _MINUTE
    ordinary_ceiling_minutes: Annotated[int, Field(ge=1, le=24 * 60)] = _CALLING.ordinary_ceiling // _MINUTE
    calls: Annotated[int, Field(ge=1, le=10)] = _CALLING.calls
    return_after: Annotated[int, Field(ge=0, le=50)] = _CALLING.return_after

    def rules(self) -> CallingRules:
        return CallingRules(
            ordinary_per_priority=self.ordinary_per_priority,
            priority_ceiling=self.priority_ceiling_minutes * _MINUTE,
            ordinary_ceiling=self.ordinary_ceiling_minutes * _MINUTE,
            calls=self.calls,
            return_after=self.return_after,
        )


class QueueModel(FileModel):
    code: Code
    number: Annotated[int, Field(ge=1, le=255)]
    agency: str
    name_id: Name
    name_en: Name
    services: Annotated[Any, BeforeValidator(_check_services)]
    counters: Annotated[list[CounterModel], Field(min_length=1)]
    hours: WeekModel | None
    cut_off_minutes: Annotated[int, Field(ge=0, le=24 * 60)]
    quota: Annotated[int, Field(ge=1)] | None
    force_closed: TextModel | None
    calling: CallingModel = CallingModel()


class SiteModel(FileModel):
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
    floors: Annotated[list[FloorModel], Field(min_length=1)]
    zones: Annotated[list[ZoneModel], Field(min_length=1)]
    hours: WeekModel
    friday_break: Range | None
    exceptions: list[ExceptionModel]
    procedure: list[TextModel]
    complaint_channels: list[Name]
    queues: Annotated[list[QueueModel], Field(min_length=1)]
    after: dict[str, list[str]]
    popular: list[str]
    public_url: PublicUrl | None
    is_demonstration: bool
