"""/: how this server and its devices fare, for the hall's technician. Plain HTML: no script, nothing from elsewhere.

Anyone on the hall's network may look: there is no personal data in it.
"""

import base64
import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Annotated, Any, Final
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query, Request, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnectionError
from starlette.concurrency import run_in_threadpool
from starlette.responses import FileResponse

from kiosk.domain.language import Language, Text
from kiosk.domain.wording import clock_time, long_date
from kiosk.paths import resource_path
from kiosk.sync.status import SyncState
from kiosk.sync.wire import ProblemCode, SnapshotKind
from kiosk.version import VERSION
from server.foreign_sentences import in_language
from server.node import Node
from server.overview import Overview, Tables, look
from server.problems import RefusedError
from server.settings import Role
from server.snapshots import at_hand, chosen, contents_of
from server.status_view import (
    DeviceReader,
    Level,
    by_subject,
    nobody_heard,
    not_readable,
    own_tasks,
    relay_level,
    say,
    worst,
)
from server.status_words import words_in
from server.wording import RELAY, duration, grouped, size

FONTS: Final = ("Medium", "Bold", "ExtraBold")

_SHOWN_BATCHES: Final = 5
_HEADLINES: Final = {
    Level.TROUBLE: "some_trouble",
    Level.NOTICE: "some_notice",
    Level.UNKNOWN: "waiting_for_word",
}
_NATION: Final = "Asia/Jakarta"
"""Where nobody has said which time it is at a site."""


def status_router(node: Node) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/")
    async def status(request: Request, lang: Annotated[str, Query(max_length=8)] = "id") -> Response:
        node.strangers.check(request)
        language = Language.ENGLISH if lang == Language.ENGLISH else Language.INDONESIAN
        page = await run_in_threadpool(render_status, node, language)
        return Response(page, headers=_headers(), media_type="text/html")

    @router.get("/fonts/{weight}.ttf")
    def font(weight: str) -> Response:
        if weight not in FONTS:
            raise RefusedError(ProblemCode.NOT_FOUND, "There is no such font here.")
        path = resource_path(f"assets/fonts/PlusJakartaSans-{weight}.ttf")
        return FileResponse(
            path, media_type="font/ttf", headers={"Cache-Control": "public, max-age=31536000, immutable"}
        )

    return router


def render_status(node: Node, language: Language) -> str:
    """The whole document. Every value in it is escaped; a database that fails is told, not raised."""
    overview = look(node)
    facts = _facts(node, overview, language)
    return _templates().get_template("status.html").render(facts)


@cache
def _templates() -> Environment:
    loader = FileSystemLoader(resource_path("server/pages"))
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)


@cache
def _style() -> str:
    return resource_path("server/pages/status.css").read_text("utf-8")


@cache
def _headers() -> Mapping[str, str]:
    """The one style sheet is allowed by its hash; nothing else may load, run, or frame the page."""
    digest = base64.b64encode(hashlib.sha256(_style().encode()).digest()).decode()
    policy = (
        f"default-src 'none'; style-src 'sha256-{digest}'; font-src 'self'; base-uri 'none'; form-action 'none';"
        " frame-ancestors 'none'"
    )
    return {
        "Content-Security-Policy": policy,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-store",
    }


def _facts(node: Node, overview: Overview, language: Language) -> Mapping[str, Any]:
    tables = overview.tables or Tables()
    sites = sorted({device.site_id for device in tables.devices} | tables.service_days.keys())
    only_site = sites[0] if node.role is Role.SITE and len(sites) == 1 else None
    zone = ZoneInfo(tables.timezones.get(only_site or "", _NATION))
    reader = DeviceReader(node.role, language, node.clock.now() - node.started_at)
    by_device = [(device, tuple(reader.tasks(device))) for device in tables.devices]
    tasks = [
        *own_tasks(overview, node.role, language),
        *nobody_heard(reader, tables.devices),
        *(task for _, own in by_device for task in own),
    ]
    issued, waiting = (
        grouped(sum(getattr(queue, name) for queue in tables.queues), language) for name in ("issued", "waiting")
    )
    rows = [reader.row(device, own) for device, own in by_device]
    verdict = worst(task.level for task in tasks)
    heard = sum(reader.is_heard(device) for device in tables.devices)
    if verdict is Level.GOOD and ((rows and not heard) or _is_central_awaited(node)):
        verdict = Level.UNKNOWN
    return {
        "w": words_in(language),
        "lang": str(language),
        "style": Markup(_style()),  # noqa: S704  # our own file
        "is_site": node.role is Role.SITE,
        "is_readable": overview.tables is not None,
        "not_readable": not_readable(node.role, language),
        "hall": _hall_name(node, only_site).in_language(language),
        "now": _now(overview, zone, language),
        "verdict": verdict,
        "headline": say(_HEADLINES.get(verdict, "all_good" if rows else "all_ready"), language),
        "heard_of": say(
            "heard_of",
            language,
            heard=str(heard),
            all=str(len(rows)),
        ),
        "summary": say("summary", language, issued=issued, waiting=waiting),
        "tasks": by_subject(tasks),
        "rows": rows,
        "revoked": say("revoked", language, count=str(tables.revoked)) if tables.revoked else "",
        "invite": _invite_command(node, only_site),
        "invite_note": "" if only_site else say("which_site", language),
        "server": _server(node, overview, only_site, language),
        "upstream": _upstream(node, language),
        "queues": [
            {"code": one.code, "issued": grouped(one.issued, language), "waiting": grouped(one.waiting, language)}
            for one in tables.queues
        ],
        "records": _records(node, tables, zone, language),
    }


def _is_central_awaited(node: Node) -> bool:
    """Not reached now, and not for so long that it is a trouble."""
    status = node.relay.status
    return status is not None and status.state is not SyncState.ONLINE


def _hall_name(node: Node, site_id: str | None) -> Text:
    """As its published file says."""
    if node.role is Role.CENTRAL:
        return Text("Pusat", "Central")
    if site_id is None:
        return Text("Giliran", "Giliran")
    try:
        with node.database.reading() as connection:
            edition = chosen(at_hand(connection, site_id), node.identity.device_id).get(SnapshotKind.SITE)
            site = {} if edition is None else json.loads(contents_of(connection, edition))
    except (DBAPIError, NoConnectionError):
        site = {}
    return Text(site.get("short_name_id", site_id), site.get("short_name_en", site_id))


def _now(overview: Overview, zone: ZoneInfo, language: Language) -> str:
    if not overview.now.is_trusted:
        return say("clock_unknown", language)
    local = overview.now.at.astimezone(zone)
    return f"{long_date(local.date(), language)} · {clock_time(local.time(), language)} {local:%Z}"


def _invite_command(node: Node, site_id: str | None) -> str:
    folder = node.data_dir or "DATA"
    database = "" if node.database.dialect == "sqlite" else " --database postgresql://…"
    kind = " --kind site" if node.role is Role.CENTRAL else ""
    return f"giliran server invite --data {folder}{database}{kind} --site {site_id or 'ID'}"


def _server(node: Node, overview: Overview, site_id: str | None, language: Language) -> Mapping[str, Any]:
    is_sound = overview.tables is not None and not any(
        reason.code.startswith("database") for reason in overview.state.reasons
    )
    kind = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[node.database.dialect]
    codes = {reason.code for reason in overview.state.reasons}
    free = overview.state.disk_free_bytes
    day = None if site_id is None or overview.tables is None else overview.tables.service_days.get(site_id)
    return {
        "version": VERSION,
        "epoch": node.epoch,
        "running": duration(node.clock.now() - node.started_at).in_language(language),
        "day": say("no_day", language) if day is None else long_date(day, language).partition(", ")[2],
        "database": say("database_ok" if is_sound else "database_bad", language, kind=kind),
        "database_level": Level.GOOD if is_sound else Level.TROUBLE,
        "disk": "–" if free is None else say("free", language, size=size(free, language)),  # noqa: RUF001
        "disk_level": _first(codes, {"disk_full": Level.TROUBLE, "disk_low": Level.NOTICE}),
        "clock": say("clock_right" if overview.now.is_trusted else "clock_not_trusted", language),
        "clock_level": Level.GOOD if overview.now.is_trusted else Level.NOTICE,
    }


def _first(codes: set[Any], levels: Mapping[str, Level]) -> Level:
    return next((level for code, level in levels.items() if code in codes), Level.GOOD)


def _upstream(node: Node, language: Language) -> Mapping[str, Any] | None:
    status = node.relay.status
    if status is None:
        return None
    now = node.clock.now()
    heard = say("never_yet", language)
    if status.last_contact is not None:
        heard = say("ago", language, age=duration(now - status.last_contact))
    oldest = "" if status.oldest_unsent is None else say("oldest", language, age=duration(now - status.oldest_unsent))
    return {
        "level": relay_level(status.state),
        "word": RELAY[status.state].in_language(language),
        "heard": heard,
        "unsent": grouped(status.backlog, language) if status.backlog else say("none", language),
        "oldest": oldest,
        "detail": in_language(status.detail, language),
    }


def _records(node: Node, tables: Tables, zone: ZoneInfo, language: Language) -> Mapping[str, Any]:
    names = {device.device_id: device.name for device in tables.devices}

    def when(at: datetime) -> str:
        local = at.astimezone(zone)
        return f"{local.day}/{local.month} {clock_time(local.time(), language)}"

    parked = sum(tables.parked.values())
    forks = sum(tables.forks.values())
    return {
        "refused": [
            {"when": when(one.at), "who": names.get(one.device_id, one.device_id), "what": f"{one.code}: {one.detail}"}
            for one in node.refusals.batches[:_SHOWN_BATCHES]
        ],
        "parked": [{"who": names.get(one.origin, one.origin), "what": one.reason} for one in tables.some_parked],
        "parked_more": _more(parked - len(tables.some_parked), language),
        "forks": [
            {
                "when": when(one.seen_at),
                "who": names.get(one.origin, one.origin),
                "what": say(f"fork_{one.kind}", language),
            }
            for one in tables.newest_forks
        ],
        "forks_more": _more(forks - len(tables.newest_forks), language),
    }


def _more(count: int, language: Language) -> str:
    return say("more", language, count=grouped(count, language)) if count > 0 else ""
