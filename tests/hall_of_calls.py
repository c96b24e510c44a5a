"""What a server would tell a board, made up: calls at counters of a hall, for windows without a server."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from kiosk.sync.desk_wire import BoardNotice, BoardView, BoardZone, Call

MORNING = datetime(2026, 11, 23, 2, 41, tzinfo=UTC)
"""09.41 in Jakarta."""


def call(number: int, label: str = "", counter: int = 3, ago_s: float = 0.0, **other: Any) -> Call:
    """`number` makes its name; the same number is the same call."""
    facts: dict[str, Any] = {"floor": 2, "zone": "B", "queue": "D", "language": "id"} | other
    at = facts.pop("at", MORNING) - timedelta(seconds=ago_s)
    return Call(call=f"{number:016x}", label=label or f"D-{number:03d}", counter=counter, called_at=at, **facts)


def board_view(*now: Call, last: tuple[Call, ...] = (), at: datetime = MORNING, **other: Any) -> BoardView:
    facts: dict[str, Any] = {
        "hours": "07.30-16.00",
        "notices": (
            BoardNotice(text_id="Siapkan KTP dan tiket Anda.", text_en="Please have your ID card and ticket ready."),
        ),
        "zone": "",
        "zone_name_id": "",
        "zone_name_en": "",
    }
    return BoardView(
        server_time=at,
        site="mpp-jakarta",
        name_id="Mal Pelayanan Publik DKI Jakarta",
        name_en="Jakarta Public Service Mall",
        service_day=date(2026, 11, 23),
        now=now,
        last=last,
        zones=(
            BoardZone(id="A", floor=1, name_id="Zona A", name_en="Zone A"),
            BoardZone(id="B", floor=2, name_id="Zona B", name_en="Zone B"),
        ),
        **(facts | other),
    )
