"""Why a queue gives no numbers now by its hours, its cut-off or its quota: as a kiosk would say it."""

from collections.abc import Mapping, Sequence
from typing import Final

from sqlalchemy import bindparam, select

from kiosk.domain.availability import Closed, availability
from kiosk.sync.desk_wire import QueueView
from server.database import moment
from server.desk_room import Room
from server.schema import queues

_ISSUED: Final = select(queues.c.queue_code, queues.c.issued).where(
    queues.c.site_id == bindparam("site"), queues.c.service_day == bindparam("day")
)


def with_reasons(room: Room, views: Sequence[QueueView]) -> tuple[QueueView, ...]:
    """The same views, each with why it gives no number. Queues that the hall does not know any more say nothing."""
    now = moment(room.now_ms)
    issued = _issued(room)
    told = []
    for view in views:
        queue = room.hall.site.queue_by_code.get(view.queue)
        verdict = None if queue is None else availability(room.hall.site, queue, now, issued.get(view.queue, 0))
        told.append(view.model_copy(update={"not_given": verdict.reason if isinstance(verdict, Closed) else None}))
    return tuple(told)


def _issued(room: Room) -> Mapping[str, int]:
    if room.service_day is None:
        return {}
    found = room.connection.execute(_ISSUED, {"site": room.site_id, "day": room.service_day})
    return {row.queue_code: row.issued for row in found}
