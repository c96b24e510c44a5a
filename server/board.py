"""What a board shows of a hall or one of its zones: read from the tables, and kept as long as nothing has changed."""

import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import Connection

from kiosk.domain.availability import Closed, Open, availability, hall_availability
from kiosk.domain.language import Language, Text
from kiosk.domain.site import Queue, Site
from kiosk.domain.wording import hours, reopening
from kiosk.sync.desk_wire import BoardNotice, BoardView, BoardZone, QueueView
from server.board_calls import called_before, called_now
from server.node import Node
from server.waits import hall_queues

_KEPT_S: Final = 2.0
"""Waits and hours change without anybody doing anything."""
_MOST_KEPT: Final = 64


class UnknownZoneError(Exception):
    """The hall has no such zone; the sentence names those that it has."""


@dataclass(frozen=True, slots=True)
class _Kept:
    view: BoardView
    position: int
    until: float


class Boards:
    """Of each site and zone the newest view: a hundred phones that hear of a call cost one reading. Safe to use from
    many threads.
    """

    def __init__(self, node: Node) -> None:
        self._node = node
        self._lock = threading.Lock()
        self._kept: dict[tuple[str, str], _Kept] = {}

    def view(self, site_id: str, zone: str) -> BoardView:
        """`zone`: an id of the site's file; empty: the whole hall. Raises UnknownZoneError."""
        node = self._node
        now = node.trusted_clock.read()
        position = node.stream.count(site_id)  # before the tables are read: what changes meanwhile is read anew
        with self._lock:
            kept = self._kept.get((site_id, zone))
        if kept is None or kept.position != position or time.monotonic() > kept.until:
            with node.database.reading() as connection:
                view = read_board(node, connection, site_id, zone, now.at)
            kept = _Kept(view, position, time.monotonic() + _KEPT_S)
            with self._lock:
                if len(self._kept) >= _MOST_KEPT:
                    self._kept.clear()
                self._kept[site_id, zone] = kept
        return kept.view.model_copy(update={"server_time": now.at, "is_time_trusted": now.is_trusted})


def read_board(node: Node, connection: Connection, site_id: str, zone: str, now: datetime) -> BoardView:
    """Raises UnknownZoneError."""
    hall = node.halls.of(connection, site_id, node.identity.device_id)
    site = hall.site
    here = site.zone_by_id.get(zone)
    if zone and here is None:
        raise UnknownZoneError(f"The hall has no zone {zone!r}, but {', '.join(sorted(site.zone_by_id))}.")
    day = node.service_days.in_force(connection, site_id)
    its_queues = [queue for queue in site.queues if not zone or zone in {each.zone_id for each in queue.counters}]
    counters = {number for number, place in hall.place_by_counter.items() if place.zone == zone} if zone else None
    name = site.name if here is None else here.name
    codes = [queue.code for queue in its_queues]
    views = () if day is None else tuple(hall_queues(node, connection, site_id, day, codes))
    shown_now = called_now(connection, site_id, hall, counters)
    local = now.astimezone(site.timezone)
    return BoardView(
        server_time=now,
        site=site_id,
        name_id=site.name.id,
        name_en=site.name.en,
        service_day=day,
        zone=zone,
        zone_name_id=name.id if zone else "",
        zone_name_en=name.en if zone else "",
        now=tuple(shown_now),
        last=()
        if day is None
        else tuple(called_before(connection, site_id, day.isoformat(), hall, counters=counters, besides=shown_now)),
        queues=tuple(
            view.model_copy(update={"is_closed": True}) if site.queue_by_code[view.queue].force_closed else view
            for view in views
        ),
        notices=tuple(_notices(site, its_queues, views, local)),
        hours=_hours(site, local.date()),
        is_open=isinstance(hall_availability(site, local), Open),
        timezone=site.timezone.key,
        is_time_trusted=True,
        zones=tuple(
            BoardZone(id=each.id, floor=each.floor, name_id=each.name.id, name_en=each.name.en) for each in site.zones
        ),
    )


def _notices(
    site: Site, its_queues: Sequence[Queue], views: Sequence[QueueView], local: datetime
) -> Iterator[BoardNotice]:
    """The hall's own news first. What holds for the whole hall is not said of each queue again."""
    whole = hall_availability(site, local)
    if isinstance(whole, Closed):
        yield _notice(_with_reopening(whole, local))
        return
    closed = {view.queue for view in views if view.is_closed}
    for queue in its_queues:
        own = availability(site, queue, local, 0)
        if isinstance(own, Closed):
            yield _notice(_of_queue(queue, own.sentence))
        elif queue.code in closed:
            yield _notice(_of_queue(queue, _NO_MORE))


_NO_MORE: Final = Text(
    "Tidak lagi membagikan nomor hari ini. Yang sudah mengambil nomor, lihat papan ini.",
    "No more numbers are given today. If you have a number, watch this board.",
)


def _of_queue(queue: Queue, sentence: Text) -> Text:
    return Text(*(f"{queue.code} · {queue.name.in_language(each)}: {sentence.in_language(each)}" for each in Language))


def _with_reopening(closed: Closed, local: datetime) -> Text:
    if closed.reopens_at is None:
        return closed.sentence
    at = closed.reopens_at
    return Text(*(f"{closed.sentence.in_language(each)} {reopening(at, local, each)}" for each in Language))


def _notice(text: Text) -> BoardNotice:
    return BoardNotice(text_id=text.id, text_en=text.en)


def _hours(site: Site, day: date) -> str:
    """Of today, as Indonesian writes them; empty on a closed day."""
    exception = next((each for each in site.exceptions if each.date == day), None)
    return hours(site.hours[day.weekday()] if exception is None else exception.ranges, Language.INDONESIAN)
