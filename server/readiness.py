"""Whether this server can do its work now, and if not, why: in codes for machines and in sentences for people.

Not ready means: whatever is sent here now is refused, or not safe. All else is a warning: the server takes events, and
a person should look.
"""

import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Final, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnectionError

from kiosk.disk_guard import Limits
from kiosk.domain.language import Language, Text
from kiosk.sync.status import SyncState
from server.database import store_error
from server.foreign_sentences import in_language
from server.node import Node
from server.schema import poison, server_epoch
from server.wording import duration

AWAY_TOO_LONG: Final = timedelta(minutes=5)
"""Of central's silence: its restart, or a line that blinks, needs nobody."""

_MB: Final = 1_000_000


class ReasonCode(StrEnum):
    FENCED = "fenced"
    DATABASE = "database"
    DATABASE_BUSY = "database_busy"
    DATABASE_DAMAGED = "database_damaged"
    DISK_FULL = "disk_full"
    DISK_LOW = "disk_low"
    CLOCK = "clock_not_trusted"
    RECOVERING = "recovering"
    UPSTREAM_AWAY = "upstream_away"
    UPSTREAM_REFUSED = "upstream_refused"
    UPSTREAM_NOT_BELIEVED = "upstream_not_believed"
    UPSTREAM_ALARM = "upstream_alarm"
    EVENTS_PARKED = "events_parked"


NOT_READY: Final = frozenset(
    {
        ReasonCode.FENCED,
        ReasonCode.DATABASE,
        ReasonCode.DATABASE_BUSY,
        ReasonCode.DATABASE_DAMAGED,
        ReasonCode.DISK_FULL,
    }
)

SENTENCES: Final[Mapping[ReasonCode, Text]] = {
    ReasonCode.FENCED: Text(
        "Server yang lebih baru sudah mengambil alih {sites}: matikan yang ini.",
        "A newer server has taken over {sites}: stop this one.",
    ),
    ReasonCode.DATABASE: Text("Basis data tidak dapat ditulisi. {detail}", "The database cannot be written. {detail}"),
    ReasonCode.DATABASE_BUSY: Text(
        "Semua sambungan ke basis data sedang terpakai: coba lagi.",
        "Every connection to the database is in use: try again.",
    ),
    ReasonCode.DATABASE_DAMAGED: Text(
        "Basis data rusak: hentikan server, simpan berkasnya, dan pulihkan dari cadangan. {detail}",
        "The database is damaged: stop the server, keep its files, and restore a backup. {detail}",
    ),
    ReasonCode.DISK_FULL: Text(
        "Cakram penuh, tinggal {free_mb} MB: kosongkan sekarang.",
        "The disk is full, {free_mb} MB are left: make room now.",
    ),
    ReasonCode.DISK_LOW: Text(
        "Cakram hampir penuh, tinggal {free_mb} MB: sediakan ruang.",
        "The disk is nearly full, {free_mb} MB are left: make room.",
    ),
    ReasonCode.CLOCK: Text(
        "Jam server tidak dapat dipercaya: setel jamnya, dan ganti baterai papan induk bila berulang.",
        "The server's clock cannot be trusted: set it, and change the board's battery if it happens again.",
    ),
    ReasonCode.RECOVERING: Text(
        "Server dipulihkan dari salinan lama dan menanyai semua anjungan; nomor bersama menunggu, paling lama semenit.",
        "The server was restored from an older copy and is asking every kiosk; shared numbers wait, a minute at most.",
    ),
    ReasonCode.UPSTREAM_AWAY: Text(
        "Pusat tidak terjangkau selama {age}; gedung tetap berjalan. Periksa jaringan keluar. {detail}",
        "Central has been out of reach for {age}; the hall goes on. Check the way out. {detail}",
    ),
    ReasonCode.UPSTREAM_REFUSED: Text("Pusat menolak server ini. {detail}", "Central refuses this server. {detail}"),
    ReasonCode.UPSTREAM_NOT_BELIEVED: Text(
        "Yang menjawab sebagai pusat tidak dipercaya; gedung tetap berjalan. {detail}",
        "Whoever answers as central is not believed; the hall goes on. {detail}",
    ),
    ReasonCode.UPSTREAM_ALARM: Text(
        "Di antara server ini dan pusat ada yang harus dilihat orang. {detail}",
        "Something between this server and central needs a person. {detail}",
    ),
    ReasonCode.EVENTS_PARKED: Text(
        "{count} catatan disimpan dan diteruskan, tetapi belum dapat ditampilkan: perbarui program.",
        "{count} events are kept and relayed, but cannot be shown yet: update the program.",
    ),
}


@dataclass(frozen=True, slots=True)
class Reason:
    """`facts` fill the sentence."""

    code: ReasonCode
    facts: Mapping[str, str | Text] = field(default_factory=dict)

    @property
    def is_grave(self) -> bool:
        return self.code in NOT_READY

    def sentence(self, language: Language = Language.ENGLISH) -> str:
        facts = {
            name: fact.in_language(language) if isinstance(fact, Text) else in_language(fact, language)
            for name, fact in self.facts.items()
        }
        return SENTENCES[self.code].in_language(language).format_map(facts).strip()


class Disk(NamedTuple):
    """Bytes."""

    total: int
    used: int
    free: int


@dataclass(frozen=True, slots=True)
class State:
    """`parked_events` 0 also where they could not be counted. `disk_free_bytes` None: there is no folder."""

    reasons: Sequence[Reason]
    parked_events: int = 0
    disk_free_bytes: int | None = None

    @property
    def is_ready(self) -> bool:
        return not any(reason.is_grave for reason in self.reasons)


def state_of(node: Node) -> State:
    """Looks now: tries the database's write lock, the disk, the clock, the relay."""
    parked, trouble = _try_to_write(node)
    usage = _disk(node.data_dir)
    reasons = list(_fenced(node)) + trouble
    if node.database_check.damage:
        reasons.append(Reason(ReasonCode.DATABASE_DAMAGED, {"detail": f"{node.database_check.damage}."}))
    if usage is not None:
        reasons += judge_disk(usage.free, usage.total, holds_database=node.database.dialect == "sqlite")
    if not node.trusted_clock.read().is_trusted:
        reasons.append(Reason(ReasonCode.CLOCK))
    if node.recoveries.open_sites:
        reasons.append(Reason(ReasonCode.RECOVERING))
    reasons += _upstream(node)
    if parked:
        reasons.append(Reason(ReasonCode.EVENTS_PARKED, {"count": str(parked)}))
    return State(reasons, parked, None if usage is None else usage.free)


def _disk(data_dir: Path | None) -> Disk | None:
    try:
        return None if data_dir is None else Disk(*shutil.disk_usage(data_dir))
    except OSError:  # the folder is gone: the database says so
        return None


def judge_disk(free: int, total: int, *, holds_database: bool) -> Sequence[Reason]:
    """Bytes. A small disk is judged by its shares: 5 % is little, 1 % is nothing."""
    facts = {"free_mb": str(free // _MB)}
    if holds_database and free < min(64 * _MB, total // 100):
        return [Reason(ReasonCode.DISK_FULL, facts)]
    return [Reason(ReasonCode.DISK_LOW, facts)] if free < Limits.of(total).low else []


def _try_to_write(node: Node) -> tuple[int, list[Reason]]:
    """Takes a write lock and gives it back: what an append needs, without leaving a trace."""
    try:
        with node.database.writing() as connection:
            connection.execute(select(server_epoch.c.epoch).with_for_update())  # PostgreSQL: refused if it only reads
            return int(connection.execute(select(func.count()).select_from(poison)).scalar_one()), []
    except DBAPIError as error:
        return 0, [Reason(ReasonCode.DATABASE, {"detail": str(store_error(error))})]
    except NoConnectionError:
        return 0, [Reason(ReasonCode.DATABASE_BUSY)]


def _fenced(node: Node) -> Iterator[Reason]:
    if node.fences.fenced_sites:
        yield Reason(ReasonCode.FENCED, {"sites": ", ".join(node.fences.fenced_sites)})


def _upstream(node: Node) -> Iterator[Reason]:
    relay = node.relay.status
    if relay is None:
        return
    facts: Mapping[str, str | Text] = {"detail": relay.detail}
    if relay.state is SyncState.REFUSED:
        yield Reason(ReasonCode.UPSTREAM_REFUSED, facts)
    elif relay.state is SyncState.ALARM:
        yield Reason(ReasonCode.UPSTREAM_ALARM, facts)
    elif not relay.is_believed:
        yield Reason(ReasonCode.UPSTREAM_NOT_BELIEVED, facts)
    elif relay.state is not SyncState.ONLINE:
        away = node.clock.now() - (relay.last_contact or node.started_at)
        if away >= AWAY_TOO_LONG:
            yield Reason(ReasonCode.UPSTREAM_AWAY, {**facts, "age": duration(away)})
