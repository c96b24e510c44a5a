"""One hall: its floors, counters, queues and hours. Data from a file, never code: counters move."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from functools import cached_property
from typing import Final
from zoneinfo import ZoneInfo

from kiosk.domain.calling_rules import CallingRules
from kiosk.domain.catalogue import Agency, Catalogue, Presence
from kiosk.domain.language import Text

END_OF_DAY: Final = time.max
"""Closing at midnight, which files and people write 24:00."""


@dataclass(frozen=True, slots=True)
class TimeRange:
    """Local wall time, `opens` included, `closes` excluded."""

    opens: time
    closes: time


WeeklyHours = tuple[tuple[TimeRange, ...], ...]
"""Seven entries, Monday first; an empty entry is a closed day."""


@dataclass(frozen=True, slots=True)
class DateException:
    """Other hours on one date; no ranges means closed. `reason` is shown to visitors."""

    date: date
    reason: Text
    ranges: tuple[TimeRange, ...] = ()


@dataclass(frozen=True, slots=True)
class Floor:
    number: int
    name: Text


@dataclass(frozen=True, slots=True)
class Zone:
    id: str
    floor: int
    name: Text


@dataclass(frozen=True, slots=True)
class Counter:
    """A desk (loket) where officers serve. `number` is what visitors read on its sign."""

    number: int
    zone_id: str


@dataclass(frozen=True, slots=True)
class Queue:
    """The line that services are called from.

    `code` is one or two letters that do not sound like another queue's; `number` (1..255) stands for it in the
    token. `hours` None means the site's. No new numbers are given within `cut_off` of closing, nor beyond `quota`
    tickets a service day (None: no limit). `force_closed` carries the reason shown when the operator closed it.
    """

    code: str
    number: int
    agency_id: str
    name: Text
    service_ids: frozenset[str]
    counters: tuple[Counter, ...]
    hours: WeeklyHours | None = None
    cut_off: timedelta = timedelta(minutes=30)
    quota: int | None = None
    force_closed: Text | None = None
    calling: CallingRules = field(default_factory=CallingRules)


@dataclass(frozen=True)
class Site:
    """The hall. `number` (1..65535) stands for it in the token. `public_url` is the upper-case host part of the
    public ticket page (`HTTPS://HOST`), None when there is none. `procedure` is the hall's own way of serving,
    used where an agency has published none. `after` maps a service to those that should be done before it.
    `popular`: services to offer first while this month's tickets cannot yet tell, most wanted first.

    `is_demonstration`: the operator has not confirmed this file, so screens say that it is sample data.
    """

    id: str
    number: int
    name: Text
    short_name: Text
    address: str
    timezone: ZoneInfo
    floors: tuple[Floor, ...]
    zones: tuple[Zone, ...]
    queues: tuple[Queue, ...]
    hours: WeeklyHours
    exceptions: tuple[DateException, ...]
    friday_break: TimeRange | None
    procedure: tuple[Text, ...]
    complaint_channels: tuple[str, ...]
    after: Mapping[str, tuple[str, ...]]
    public_url: str | None
    is_demonstration: bool
    popular: tuple[str, ...] = ()

    @cached_property
    def queue_by_service(self) -> Mapping[str, Queue]:
        return {service_id: queue for queue in self.queues for service_id in queue.service_ids}

    @cached_property
    def queue_by_code(self) -> Mapping[str, Queue]:
        return {queue.code: queue for queue in self.queues}

    @cached_property
    def zone_by_id(self) -> Mapping[str, Zone]:
        return {zone.id: zone for zone in self.zones}

    def floors_of(self, queue: Queue) -> tuple[int, ...]:
        """Floor numbers on which the queue has counters, ascending."""
        return tuple(sorted({self.zone_by_id[counter.zone_id].floor for counter in queue.counters}))


def shown_agencies(catalogue: Catalogue, site: Site) -> tuple[Agency, ...]:
    """The agencies that visitors see: those with a queue here whose presence a source confirms.

    A demonstration also shows agencies that are merely typical of such halls, and says that it is sample data.
    """
    queued = {queue.agency_id for queue in site.queues}
    return tuple(
        agency
        for agency in catalogue.agencies
        if agency.id in queued and (agency.presence is Presence.CONFIRMED or site.is_demonstration)
    )
