"""The board's page and its changing part, drawn once for everybody who looks: a crowd of phones costs one drawing.

The part holds no age and no second, so that it stays the same, with the same tag, until something has changed.
"""

import asyncio
import hashlib
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Final
from urllib.parse import quote, urlencode
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.concurrency import run_in_threadpool

from kiosk.domain.announcement import announcement
from kiosk.domain.language import Language
from kiosk.domain.wording import clock_time, long_date
from kiosk.paths import resource_path
from kiosk.sync.desk_wire import BoardView, Call, QueueView
from kiosk.sync.wire import ProblemCode
from server.board import Boards, UnknownZoneError
from server.board_words import words_in
from server.node import Node
from server.problems import RefusedError
from server.stream_api import known_site

PAGE_PATH: Final = "/board"
EVENTS_PATH: Final = "/board.events"
_KEPT_S: Final = 1.0
_MOST_KEPT: Final = 64


@dataclass(frozen=True, slots=True)
class Asked:
    """Which page, or its changing part alone. `site` None where the server knows one; `zone` empty: the whole hall.
    `is_lost`: the hall has no such zone, and what else it has is shown.
    """

    site: str | None
    zone: str
    language: Language
    is_part: bool = False
    is_lost: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """`now`: the server's time, in seconds since 1970, by which the calls in it are dated."""

    content: bytes
    tag: str
    now: float
    status: int = 200


@dataclass(frozen=True, slots=True)
class _Kept:
    page: Page
    site_id: str
    position: int
    drawn_at: float


class Pages:
    """Used on the event loop alone, so that a known page takes no thread from a desk. Who comes while one is being
    drawn waits for that one.
    """

    def __init__(self, node: Node, boards: Boards) -> None:
        self._node = node
        self._boards = boards
        self._kept: dict[Asked, _Kept] = {}
        self._drawing: dict[Asked, asyncio.Task[Page]] = {}

    async def get(self, asked: Asked) -> Page:
        """Raises RefusedError: no such site, or for a part no such zone."""
        known = self._known(asked)
        if known is not None:
            return known
        task = self._drawing.get(asked)
        if task is None:
            task = self._drawing[asked] = asyncio.get_running_loop().create_task(self._draw(asked))
            task.add_done_callback(_look_at)
        try:
            return await asyncio.shield(task)  # who asked first may leave
        except UnknownZoneError:
            if asked.is_part:
                raise RefusedError(ProblemCode.NOT_FOUND, "The hall has no such zone.") from None
        # One page for whatever a stranger makes up, or it would push those out that others look at.
        return await self.get(replace(asked, zone="", is_lost=True))

    def site_id(self, asked: Asked) -> str:
        """From any thread. Raises RefusedError."""
        return known_site(self._node.database, asked.site)

    def _known(self, asked: Asked) -> Page | None:
        kept = self._kept.get(asked)
        if kept is None or time.monotonic() - kept.drawn_at > _KEPT_S:
            return None
        return kept.page if self._node.stream.count(kept.site_id) == kept.position else None

    async def _draw(self, asked: Asked) -> Page:
        try:
            kept = await run_in_threadpool(self._drawn, asked)
        finally:
            del self._drawing[asked]
        if len(self._kept) >= _MOST_KEPT:
            self._kept.clear()
        self._kept[asked] = kept
        return kept.page

    def _drawn(self, asked: Asked) -> _Kept:
        site_id = self.site_id(asked)
        position, drawn_at = self._node.stream.count(site_id), time.monotonic()  # before the tables are read
        page = _drawn(self._boards.view(site_id, asked.zone), asked)
        return _Kept(page, site_id, position, drawn_at)


def _look_at(task: asyncio.Task[Page]) -> None:
    """What nobody waits for any more has failed unheard; whoever asks next draws anew."""
    if not task.cancelled():
        task.exception()


def _drawn(view: BoardView, asked: Asked) -> Page:
    template = "board_part.html" if asked.is_part else "board.html"
    facts = _facts(view, asked.site, asked.language, is_lost=asked.is_lost)
    content = _templates().get_template(template).render(facts).encode()
    tag = f'"{hashlib.sha256(content).hexdigest()[:24]}"'
    return Page(content, tag, round(view.server_time.timestamp(), 1), 404 if asked.is_lost else 200)


def _facts(view: BoardView, site: str | None, language: Language, *, is_lost: bool) -> Mapping[str, Any]:
    local = view.server_time.astimezone(ZoneInfo(view.timezone))
    is_english = language is Language.ENGLISH
    zones = {zone.id: zone.name_en if is_english else zone.name_id for zone in view.zones}
    tail = urlencode({"lang": str(language)} | ({"site": site} if site else {}))
    own = f"{PAGE_PATH}/{quote(view.zone, safe='')}" if view.zone else PAGE_PATH
    hall = view.name_en if is_english else view.name_id
    return {
        "w": words_in(language),
        "lang": str(language),
        "style": Markup(page_file("board.css").decode()),  # noqa: S704  # our own file
        "is_lost": is_lost,
        "hall": hall,
        "title": zones.get(view.zone, hall),
        "has_zone": bool(view.zone),
        "day": long_date(local.date(), language) if view.is_time_trusted else "",
        "clock": clock_time(local.time(), language) if view.is_time_trusted else "",
        "calls": [_row(call, zones, language) for call in view.now],
        "last": [_row(call, zones, language) for call in view.last],
        "queues": [_queue(queue, language) for queue in view.queues if _is_told(queue)],
        "notices": [notice.text_en if is_english else notice.text_id for notice in view.notices],
        "hours": view.hours.replace(".", ":") if is_english else view.hours,
        "is_open": view.is_open,
        "zones": [
            {"name": name, "link": f"{PAGE_PATH}/{quote(id_, safe='')}?{tail}", "is_this": id_ == view.zone}
            for id_, name in zones.items()
        ],
        "whole_hall": f"{PAGE_PATH}?{tail}",
        "languages": [
            {
                "code": str(each),
                "link": f"{own}?{urlencode({'lang': str(each)} | ({'site': site} if site else {}))}",
                "is_this": each is language,
            }
            for each in (Language.INDONESIAN, Language.ENGLISH)
        ],
        "part": f"{own}?{tail}&part=true",
        "events": f"{EVENTS_PATH}?{tail}" + (f"&{urlencode({'zone': view.zone})}" if view.zone else ""),
        "now": round(view.server_time.timestamp(), 1),
    }


def _row(call: Call, zones: Mapping[str, str], language: Language) -> Mapping[str, Any]:
    return {
        "call": call.call,
        "label": call.label,
        "counter": call.counter,
        "floor": call.floor,
        "zone": zones.get(call.zone, ""),
        "called": round(call.called_at.timestamp(), 1),
        "says": announcement(call.label, call.counter, call.floor, language).text,
    }


def _is_told(queue: QueueView) -> bool:
    return bool(queue.waiting or queue.serving or queue.counters_open)


def _queue(queue: QueueView, language: Language) -> Mapping[str, Any]:
    w = words_in(language)
    wait = w["unknown_wait"]
    if queue.wait_low_s is not None and queue.wait_high_s is not None:
        low, high = round(queue.wait_low_s / 60), round(queue.wait_high_s / 60)
        wait = w["minutes"].format(range=f"{low}–{high}" if low < high else str(high))  # noqa: RUF001  # a range
    return {"code": queue.queue, "waiting": queue.waiting, "wait": wait, "is_closed": queue.is_closed}


@cache
def _templates() -> Environment:
    loader = FileSystemLoader(resource_path("server/pages"))
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)


@cache
def page_file(name: str) -> bytes:
    return resource_path(f"server/pages/{name}").read_bytes()
