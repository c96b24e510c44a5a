"""What a visitor reads who holds a slip before the scanner: where the visit stands, in words. Pure.

The most urgent is said first: whoever is being called reads that, whatever else the ticket is for.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from kiosk.domain import wording
from kiosk.domain.language import Text
from kiosk.domain.site import Queue
from kiosk.domain.stop_life import CLOSED
from kiosk.domain.ticket import StopState
from kiosk.domain.visit import plan_stops
from kiosk.domain.visit_status import StopStatus, VisitStatus, VisitVerdict
from ui.visitor.describer import Describer
from ui.visitor.rows import YourStopRow, YourVisitView
from ui.visitor.visit_sayings import BY_STATE, BY_VERDICT, READING, RETURNED, Saying, Tone

_URGENT: Final = (
    StopState.CALLED,
    StopState.SERVING,
    StopState.WAITING,
    StopState.PENDING,
    StopState.PARKED,
    StopState.NO_SHOW,
    StopState.COMPLETED,
    StopState.TRANSFERRED,
    StopState.CANCELLED,
    StopState.EXPIRED,
)
_HEADLINE_OF: Final[Mapping[StopState, StopState]] = {
    StopState.PENDING: StopState.WAITING,
    StopState.TRANSFERRED: StopState.COMPLETED,
}
_TONE_OF_STOP: Final[Mapping[StopState, Tone]] = {
    StopState.CALLED: Tone.GO,
    StopState.SERVING: Tone.GOOD,
    StopState.WAITING: Tone.CALM,
    StopState.PENDING: Tone.CALM,
    StopState.PARKED: Tone.CALM,
    StopState.NO_SHOW: Tone.MIND,
}
_SYMBOL_OF_STOP: Final[Mapping[StopState, str]] = {
    StopState.CALLED: "megaphone",
    StopState.SERVING: "identification-card",
    StopState.WAITING: "clock",
    StopState.PENDING: "path",
    StopState.PARKED: "file-text",
    StopState.NO_SHOW: "warning",
    StopState.COMPLETED: "check-circle",
    StopState.TRANSFERRED: "sign-out",
    StopState.CANCELLED: "trash-bold",
    StopState.EXPIRED: "calendar-x",
}
_CALLED_TO: Final = Text("Silakan ke {where}", "Please go to {where}")
_SERVED_AT: Final = Text("Sedang dilayani di {where}", "Being served at {where}")
_BACK_IN_LINE: Final = Text("Kembali dalam antrean", "Back in the queue")
_NEXT: Final = Text("Anda yang berikutnya", "You are next")
_AHEAD: Final = Text("{count} orang di depan Anda", "{count} people ahead of you")
_ONE_AHEAD: Final = Text("1 orang di depan Anda", "1 person ahead of you")
_WAITING: Final = Text("Menunggu dipanggil", "Waiting to be called")
_AFTER: Final = Text("Menyusul sesudah {agency}", "Comes after {agency}")
_AFTER_OTHERS: Final = Text("Menyusul sesudah layanan lain", "Comes after another service")
_STATE: Final[Mapping[StopState, Text]] = {
    StopState.PARKED: Text(
        "Ditunda; kembali ke loket tadi bila sudah siap", "On hold; go back to the counter when ready"
    ),
    StopState.NO_SHOW: Text(
        "Panggilan terlewat; pindai lagi sesudah dilayani", "Call missed; scan again once you are served"
    ),
    StopState.COMPLETED: Text("Selesai", "Done"),
    StopState.TRANSFERRED: Text("Dialihkan ke layanan lain", "Passed on to another service"),
    StopState.CANCELLED: Text("Dibatalkan", "Cancelled"),
    StopState.EXPIRED: Text("Tidak berlaku lagi", "No longer valid"),
}
_COUNTER: Final = Text("Loket {number}", "Counter {number}")
_THE_COUNTER: Final = Text("loket yang tampil di layar ruang tunggu", "the counter shown in the waiting room")
_SAME_COUNTER: Final = Text("loket tadi", "the same counter")
_OTHER_DAY: Final = Text("hari lain", "another day")
_FLOOR: Final = Text("Lantai {number}", "Floor {number}")


def describe_visit(describer: Describer, status: VisitStatus | None) -> YourVisitView:
    """`status` None: it is still being asked."""
    if status is None:
        return _said(describer, READING)
    ordered = sorted(status.stops, key=lambda stop: (_URGENT.index(stop.state), not stop.returned))
    # A service that only the server's newer catalogue knows has no row, but who is called for it must hear of it.
    saying, of_stop = _saying(status, ordered[0] if ordered else None)
    known = [stop for stop in ordered if stop.service_id in describer.hall.catalogue.services]
    rows = tuple(
        _row(describer, number, stop, known, is_live=status.verdict is not VisitVerdict.FROM_PAPER)
        for number, stop in enumerate(known, start=1)
    )
    where = _place(describer, of_stop) if of_stop is not None else ""
    day = wording.long_date(status.service_day, describer.language) if status.service_day else describer.say(_OTHER_DAY)
    return _said(describer, saying, status.label, rows, where=where, day=day)


def _saying(status: VisitStatus, first: StopStatus | None) -> tuple[Saying, StopStatus | None]:
    """And the stop that it speaks of. A call that is on now is more than the one that was missed."""
    if status.verdict in BY_VERDICT:
        return BY_VERDICT[status.verdict], None
    if first is None:
        return BY_VERDICT[VisitVerdict.UNKNOWN], None
    if status.verdict is VisitVerdict.RETURNED and first.state not in {StopState.CALLED, StopState.SERVING}:
        return RETURNED, None
    return BY_STATE[_HEADLINE_OF.get(first.state, first.state)], first


def _said(  # noqa: PLR0913  # all that a view is made from
    describer: Describer,
    saying: Saying,
    label: str = "",
    rows: tuple[YourStopRow, ...] = (),
    *,
    where: str = "",
    day: str = "",
) -> YourVisitView:
    return YourVisitView(
        label=label,
        headline=describer.say(saying.headline),
        advice=describer.say(saying.advice).format(where=where, day=day),
        tone=int(saying.tone),
        symbol=saying.symbol,
        offers_number=saying.offers_number,
        stop_count=len(rows),
        stops=rows,
    )


def _row(
    describer: Describer, number: int, stop: StopStatus, all_stops: Sequence[StopStatus], *, is_live: bool
) -> YourStopRow:
    service = describer.hall.catalogue.services[stop.service_id]
    row = describer.service_row(service)
    queue = describer.queue_of(stop.service_id)
    is_at_counter = stop.state in {StopState.CALLED, StopState.SERVING}
    is_open = is_at_counter or stop.state in {StopState.WAITING, StopState.PENDING, StopState.PARKED, StopState.NO_SHOW}
    return YourStopRow(
        number=number,
        agency_name=row.agency_name,
        service_name=row.name,
        monogram=row.monogram,
        tile_color=row.tile_color,
        state_text=_state_text(describer, stop, all_stops, is_live=is_live),
        wait_text=_wait_text(describer, stop, is_live=is_live),
        place_text=_line(row.floor_text, describer.counters_of(queue)) if is_open and not is_at_counter else "",
        tone=int(_TONE_OF_STOP.get(stop.state, Tone.PAST)),
        symbol=_SYMBOL_OF_STOP[stop.state],
    )


def _state_text(describer: Describer, stop: StopStatus, all_stops: Sequence[StopStatus], *, is_live: bool) -> str:
    match stop.state:
        case StopState.CALLED:
            return describer.say(_CALLED_TO).format(where=_place(describer, stop))
        case StopState.SERVING:
            return describer.say(_SERVED_AT).format(where=_place(describer, stop))
        case StopState.WAITING | StopState.PENDING:
            return _turn_text(describer, stop, all_stops, is_live=is_live)
        case _:
            return describer.say(_STATE[stop.state])


def _turn_text(describer: Describer, stop: StopStatus, all_stops: Sequence[StopStatus], *, is_live: bool) -> str:
    before = _before(describer, stop, all_stops)
    if before:
        return describer.say(_AFTER).format(agency=wording.joined(before, describer.language))
    if stop.state is StopState.PENDING:
        return describer.say(_AFTER_OTHERS)
    if not is_live:
        return ""
    return describer.say(_BACK_IN_LINE) if stop.returned else _ahead_text(describer, stop)


def _ahead_text(describer: Describer, stop: StopStatus) -> str:
    match stop.ahead:
        case None:
            return describer.say(_WAITING)
        case 0:
            return describer.say(_NEXT)
        case 1:
            return describer.say(_ONE_AHEAD)
        case count:
            return describer.say(_AHEAD).format(count=count)


def _before(describer: Describer, stop: StopStatus, all_stops: Sequence[StopStatus]) -> list[str]:
    """The agencies that must be done with first, by this hall's rules."""
    services = describer.hall.catalogue.services
    known = dict.fromkeys(each.service_id for each in all_stops if describer.queue_of(each.service_id))
    planned = plan_stops([services[service_id] for service_id in known], describer.hall.site)
    own = next((each for each in planned if each.service_id == stop.service_id), None)
    if own is None:
        return []
    is_open = {each.service_id for each in all_stops if each.state not in CLOSED}
    before = [each.service_id for each in planned if each.position in own.after and each.service_id in is_open]
    agencies = [describer.hall.catalogue.agency_of(services[service_id]).short for service_id in before]
    return list(dict.fromkeys(agencies))


def _wait_text(describer: Describer, stop: StopStatus, *, is_live: bool) -> str:
    if stop.state is not StopState.WAITING or not is_live:
        return ""
    ahead = _ahead_text(describer, stop) if stop.returned and stop.ahead is not None else ""
    wait = wording.wait_sentence(stop.wait, describer.language)
    return _line(ahead, wait)


def _place(describer: Describer, stop: StopStatus) -> str:
    """`Loket 3, Lantai 2`; in words where the counter is not known."""
    queue = describer.queue_of(stop.service_id)
    if stop.counter is None:
        if stop.state is StopState.PARKED:
            return describer.say(_SAME_COUNTER)
        return describer.say(_THE_COUNTER)
    name = describer.say(_COUNTER).format(number=stop.counter)
    floor = _floor(describer, queue, stop.counter)
    return name if floor is None else f"{name}, {describer.say(_FLOOR).format(number=floor)}"


def _floor(describer: Describer, queue: Queue | None, counter: str) -> int | None:
    """Of the counter by that number: of its own queue first, since counters of other queues are served there too."""
    site = describer.hall.site
    for each in (*(() if queue is None else (queue,)), *site.queues):
        for one in each.counters:
            if str(one.number) == counter:
                return site.zone_by_id[one.zone_id].floor
    return None


def _line(*parts: str) -> str:
    return " · ".join(filter(None, parts))
