"""What hangs in the hall: /v1/board for boards, and the same as a page at /board for smart TVs and phones.

Unsigned, and without personal data. The page works without a script, as one that loads anew; with it, it hears of
calls as they happen, and says how old its news are when the server is away.
"""

import base64
import hashlib
from collections.abc import Mapping
from datetime import datetime
from functools import cache, partial
from typing import Annotated, Any, Final
from urllib.parse import quote, urlencode
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query, Request, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.concurrency import run_in_threadpool

from kiosk.domain.announcement import announcement
from kiosk.domain.language import Language
from kiosk.domain.wording import clock_time, long_date
from kiosk.paths import resource_path
from kiosk.sync.desk_wire import BOARD_PATH, BoardView, Call, QueueView
from kiosk.sync.wire import STREAM_PATH, Problem, ProblemCode
from server.board import Boards, UnknownZoneError
from server.board_words import words_in
from server.messages import written
from server.node import Node
from server.problems import RefusedError
from server.stream_api import known_site

PAGE_PATH: Final = "/board"
SCRIPT_PATH: Final = "/board.js"
_SITE: Final = Query(max_length=40, description="May be left out where the server knows one site.")
_ZONE: Final = Query(max_length=60, description="Of the site's file; left out: the whole hall.")
_LANGUAGE: Final = Query(max_length=8)


def board_router(node: Node) -> APIRouter:
    router = APIRouter(tags=["hall"])
    boards = Boards(node)

    @router.get(BOARD_PATH, response_model=BoardView, responses={404: {"model": Problem}}, summary="What boards show")
    async def board(
        request: Request, zone: Annotated[str, _ZONE] = "", site: Annotated[str | None, _SITE] = None
    ) -> Response:
        """Unsigned and without personal data; keep it inside the hall's network."""
        node.strangers.check(request)
        try:
            return written(await run_in_threadpool(_view, node, boards, site, zone))
        except UnknownZoneError as error:
            raise RefusedError(ProblemCode.NOT_FOUND, str(error)) from error

    @router.get(PAGE_PATH, include_in_schema=False)
    @router.get(f"{PAGE_PATH}/{{zone}}", include_in_schema=False)
    async def page(
        request: Request,
        zone: str = "",
        lang: Annotated[str, _LANGUAGE] = "id",
        site: Annotated[str | None, _SITE] = None,
        part: bool = False,  # noqa: FBT001, FBT002  # what changes alone, for the script
    ) -> Response:
        node.strangers.check(request)
        language = Language.ENGLISH if lang == Language.ENGLISH else Language.INDONESIAN
        make = partial(_page, node, boards, site, zone[:60], language, is_part=part)
        content, status = await run_in_threadpool(make)
        return Response(content, status, headers=_headers(), media_type="text/html")

    @router.get(SCRIPT_PATH, include_in_schema=False)
    def script() -> Response:
        return Response(_file("board.js"), headers={"Cache-Control": "no-cache"}, media_type="text/javascript")

    return router


def _view(node: Node, boards: Boards, site: str | None, zone: str) -> BoardView:
    return boards.view(known_site(node.database, site), zone)


def _page(  # noqa: PLR0913  # as the address says
    node: Node, boards: Boards, site: str | None, zone: str, language: Language, *, is_part: bool
) -> tuple[str, int]:
    status = 200
    try:
        view = _view(node, boards, site, zone)
    except UnknownZoneError:
        if is_part:
            raise RefusedError(ProblemCode.NOT_FOUND, "The hall has no such zone.") from None
        view, status = _view(node, boards, site, ""), 404
    template = "board_part.html" if is_part else "board.html"
    return _templates().get_template(template).render(_facts(view, site, language, is_lost=status != 200)), status


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
        "style": Markup(_file("board.css").decode()),  # noqa: S704  # our own file
        "is_lost": is_lost,
        "hall": hall,
        "title": zones.get(view.zone, hall),
        "has_zone": bool(view.zone),
        "day": long_date(local.date(), language) if view.is_time_trusted else "",
        "clock": clock_time(local.time(), language) if view.is_time_trusted else "",
        "calls": [_row(call, zones, view.server_time, language) for call in view.now],
        "last": [_row(call, zones, view.server_time, language) for call in view.last],
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
        "stream": f"{STREAM_PATH}?{urlencode({'page': 'true'} | ({'site': site} if site else {}))}",
    }


def _row(call: Call, zones: Mapping[str, str], now: datetime, language: Language) -> Mapping[str, Any]:
    return {
        "call": call.call,
        "label": call.label,
        "counter": call.counter,
        "floor": call.floor,
        "zone": zones.get(call.zone, ""),
        "age_s": max(0, round((now - call.called_at).total_seconds())),
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
def _file(name: str) -> bytes:
    return resource_path(f"server/pages/{name}").read_bytes()


@cache
def _headers() -> Mapping[str, str]:
    """The one style sheet is allowed by its hash, the one script comes from here; nothing from elsewhere."""
    digest = base64.b64encode(hashlib.sha256(_file("board.css")).digest()).decode()
    policy = (
        f"default-src 'none'; style-src 'sha256-{digest}'; script-src 'self'; connect-src 'self'; font-src 'self';"
        " base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    return {
        "Content-Security-Policy": policy,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-store",
    }
