"""The lines of this counter, and the whole hall, in words."""

from collections.abc import Mapping, Sequence
from typing import Final

from kiosk.domain.language import Text
from kiosk.sync.desk_wire import CounterState, CounterView, HallView, LineRow, QueueView
from ui.desk.durations import minutes, span
from ui.desk.names import Names
from ui.desk.rows import CounterRow, LineItem, QueueRow
from ui.desk.tones import Tone

COUNTER_STATES: Final[Mapping[CounterState, tuple[Text, Tone]]] = {
    CounterState.OPEN: (Text("Buka", "Open"), Tone.GOOD),
    CounterState.PAUSED: (Text("Istirahat", "On a break"), Tone.MIND),
    CounterState.CLOSED: (Text("Tutup", "Closed"), Tone.NOTICE),
}


def line_items(rows: Sequence[LineRow], names: Names, elapsed_s: float, hint: Text) -> tuple[LineItem, ...]:
    return tuple(_line_item(row, names, elapsed_s, hint) for row in rows)


def line_key(row: LineRow) -> str:
    return f"{row.ticket}:{row.position}"


def counter_rows(hall: HallView, names: Names) -> tuple[CounterRow, ...]:
    """Who calls for help stands first, then whoever is open."""
    rank = {CounterState.OPEN: 0, CounterState.PAUSED: 1, CounterState.CLOSED: 2}
    ordered = sorted(hall.counters, key=lambda each: (not each.has_alarm, rank[each.state], each.counter))
    return tuple(_counter_row(each, names) for each in ordered)


def queue_rows(hall: HallView, names: Names) -> tuple[QueueRow, ...]:
    return tuple(_queue_row(each, names) for each in hall.queues)


def hall_caption(hall: HallView, names: Names) -> str:
    """What the supervisor should know at a glance."""
    waiting = sum(queue.waiting for queue in hall.queues)
    opened = sum(counter.state is CounterState.OPEN for counter in hall.counters)
    parts = [
        Text(f"{waiting} menunggu", f"{waiting} waiting"),
        Text(f"{opened} loket buka", f"{opened} counters open"),
    ]
    judged = sum(queue.promises for queue in hall.queues)
    if judged:
        kept = round(100 * sum(queue.promises_kept for queue in hall.queues) / judged)
        parts.append(Text(f"janji ditepati {kept} %", f"{kept} % of promises kept"))
    if hall.locked_staff:
        locked = ", ".join(hall.locked_staff)
        parts.append(Text(f"terkunci: {locked}", f"locked: {locked}"))
    if hall.conflicts:
        parts.append(Text(f"{hall.conflicts} tiket dilayani dua kali", f"served twice: {hall.conflicts}"))
    if hall.offline_tickets:
        count = hall.offline_tickets
        parts.append(Text(f"{count} tiket dilayani tanpa server", f"served without the server: {count}"))
    if hall.unseen_slips:
        kiosks = ", ".join(hall.unseen_slips)
        parts.append(Text(f"periksa kertas {kiosks}", f"look at the paper of {kiosks}"))
    return " · ".join(part.in_language(names.language) for part in parts)


def _line_item(row: LineRow, names: Names, elapsed_s: float, hint: Text) -> LineItem:
    waited = row.waited_s + round(elapsed_s)
    promise = ""
    if row.promised_high_s is not None:
        most = -(-row.promised_high_s // 60)
        promise = Text(f"janji {most} mnt", f"promised {most} min").in_language(names.language)
    return LineItem(
        line_key(row), row.label, names.service(row.service_id), row.queue, minutes(waited, names.language), promise,
        is_late=row.promised_high_s is not None and waited > row.promised_high_s,
        is_priority=row.is_priority, is_blocked=row.is_blocked, hint=hint.in_language(names.language),
    )  # fmt: skip


def _counter_row(counter: CounterView, names: Names) -> CounterRow:
    state, tone = COUNTER_STATES[counter.state]
    title = Text(f"Loket {counter.counter}", f"Counter {counter.counter}")
    return CounterRow(
        counter.counter, title.in_language(names.language), names.place(counter.floor, counter.zone),
        counter.officer or "", ", ".join(counter.queues), state.in_language(names.language), tone,
        is_open=counter.state is CounterState.OPEN, has_alarm=counter.has_alarm,
    )  # fmt: skip


def _queue_row(queue: QueueView, names: Names) -> QueueRow:
    language = names.language
    unknown = Text("belum diketahui", "not known yet").in_language(language)
    promise = f"{queue.promises_kept}/{queue.promises}" if queue.promises else "\u2013"
    return QueueRow(
        queue.queue, names.queue(queue.queue), queue.waiting, minutes(queue.longest_wait_s, language),
        span(queue.wait_low_s, queue.wait_high_s, language) or unknown, queue.serving, queue.counters_open,
        queue.missed, queue.served, promise, is_closed=queue.is_closed,
        is_late=queue.wait_high_s is not None and queue.longest_wait_s > queue.wait_high_s,
    )  # fmt: skip
