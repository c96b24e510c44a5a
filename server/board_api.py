"""What hangs in the hall: /v1/board for boards, and the same as a page at /board for smart TVs and phones.

Unsigned, and without personal data. The page works without a script, as one that loads anew; with it, it is told of
calls as they happen, and says how old its news are when the server is away.
"""

import base64
import hashlib
from collections.abc import Mapping
from functools import cache
from typing import Annotated, Final

from fastapi import APIRouter, Header, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from kiosk.domain.language import Language
from kiosk.sync.desk_wire import BOARD_PATH, BoardView
from kiosk.sync.wire import Problem, ProblemCode
from server.board import Boards, UnknownZoneError
from server.board_pages import EVENTS_PATH, PAGE_PATH, Asked, Pages, page_file
from server.board_stream import Crowds, GuestResponse, TooManyGuestsError
from server.messages import written
from server.node import Node
from server.problems import RefusedError
from server.stream_api import known_site

SCRIPT_PATH: Final = "/board.js"
NOW_HEADER: Final = "Giliran-Now"
"""The server's time, in seconds since 1970: a part that has not changed does not hold it."""
_SITE: Final = Query(max_length=40, description="May be left out where the server knows one site.")
_ZONE: Final = Query(max_length=60, description="Of the site's file; left out: the whole hall.")
_LANGUAGE: Final = Query(max_length=8)
_COME_BACK_S: Final = 30.0


def board_router(node: Node) -> APIRouter:
    router = APIRouter(tags=["hall"])
    boards = Boards(node)
    pages = Pages(node, boards)
    crowds = Crowds(node, pages)

    @router.get(BOARD_PATH, response_model=BoardView, responses={404: {"model": Problem}}, summary="What boards show")
    async def board(
        request: Request, zone: Annotated[str, _ZONE] = "", site: Annotated[str | None, _SITE] = None
    ) -> Response:
        """Unsigned and without personal data; keep it inside the hall's network."""
        node.strangers.check_crowd(request)
        try:
            return written(await run_in_threadpool(_view, node, boards, site, zone))
        except UnknownZoneError as error:
            raise RefusedError(ProblemCode.NOT_FOUND, str(error)) from error

    @router.get(PAGE_PATH, include_in_schema=False)
    @router.get(f"{PAGE_PATH}/{{zone}}", include_in_schema=False)
    async def page(  # noqa: PLR0913, PLR0917  # as the address says
        request: Request,
        zone: str = "",
        lang: Annotated[str, _LANGUAGE] = "id",
        site: Annotated[str | None, _SITE] = None,
        part: bool = False,  # noqa: FBT001, FBT002  # what changes alone, for the script
        if_none_match: Annotated[str, Header()] = "",
    ) -> Response:
        node.strangers.check_crowd(request)
        found = await pages.get(Asked(site, zone[:60], _language(lang), part))
        headers = {**_headers(), NOW_HEADER: str(found.now)}
        if part:
            headers |= {"Cache-Control": "no-cache", "ETag": found.tag}
            if found.tag in if_none_match:
                return Response(status_code=304, headers=headers)
        return Response(found.content, found.status, headers=headers, media_type="text/html")

    @router.get(EVENTS_PATH, include_in_schema=False)
    async def events(
        request: Request,
        zone: Annotated[str, _ZONE] = "",
        lang: Annotated[str, _LANGUAGE] = "id",
        site: Annotated[str | None, _SITE] = None,
    ) -> Response:
        """Tells the page what it shows, whenever that changes."""
        node.strangers.check_crowd(request)
        asked = Asked(site, zone, _language(lang), is_part=True)
        first = await pages.get(asked)
        try:
            return GuestResponse(await crowds.join(asked, first))
        except TooManyGuestsError as error:
            raise RefusedError(ProblemCode.BUSY, "Too many watch already.", retry_after_s=_COME_BACK_S) from error

    @router.get(SCRIPT_PATH, include_in_schema=False)
    def script() -> Response:
        return Response(page_file("board.js"), headers={"Cache-Control": "no-cache"}, media_type="text/javascript")

    return router


def _view(node: Node, boards: Boards, site: str | None, zone: str) -> BoardView:
    return boards.view(known_site(node.database, site), zone)


def _language(asked: str) -> Language:
    return Language.ENGLISH if asked == Language.ENGLISH else Language.INDONESIAN


@cache
def _headers() -> Mapping[str, str]:
    """The one style sheet is allowed by its hash, the one script comes from here; nothing from elsewhere."""
    digest = base64.b64encode(hashlib.sha256(page_file("board.css")).digest()).decode()
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
