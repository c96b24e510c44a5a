"""What the events of counters and desks say, field by field (docs/events.md). Officers are ids, visitors tickets."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from kiosk.domain import events
from kiosk.domain.course import Action, Deed
from kiosk.domain.stop_life import Verb

ACTION_TYPES: Final[Mapping[Verb | Deed, str]] = {
    **{verb: f"stop.{verb}" for verb in Verb},
    Deed.ADD: events.STOP_ADDED,
    Deed.PRIORITISE: events.TICKET_PRIORITISED,
    Deed.UNDO: events.ACTION_UNDONE,
}
"""Of each action its event's type, version 1."""

_WHERE_GIVEN: Final = (
    *("position", "counter", "officer", "kiosk"),
    *("return_to", "place_ms", "is_priority", "undoes", "follows"),
)


def acted(action: Action) -> Mapping[str, Any]:
    """Its key and time are the event's own; fields that say nothing are left out."""
    body: dict[str, Any] = {"ticket_id": action.ticket_id, "action": action.action}
    for name in _WHERE_GIVEN:
        value = getattr(action, name)
        if value is not None:
            body[name] = value
    if action.new is not None:
        body |= {"service_id": action.new.service_id, "queue_code": action.new.queue_code}
    return body


def voided(action: Action, reason: str) -> Mapping[str, Any]:
    """A cancellation by a supervisor. `reason`: kiosk.sync.desk_wire.VoidReason."""
    return {**acted(action), "reason": reason}


def day_closed(site_id: str, service_day: date) -> Mapping[str, Any]:
    return {"site_id": site_id, "service_day": service_day.isoformat()}


def counter_opened(counter: int, queues: Sequence[str], officer: str, device_id: str) -> Mapping[str, Any]:
    """Again when its queues, its officer or its desk change; also after a break."""
    return {"counter": counter, "queues": sorted(queues), "officer": officer, "device_id": device_id}


def counter_paused(counter: int, officer: str) -> Mapping[str, Any]:
    return {"counter": counter, "officer": officer}


def counter_closed(counter: int, officer: str) -> Mapping[str, Any]:
    return {"counter": counter, "officer": officer}


def queue_closed(queue_code: str, service_day: date, officer: str) -> Mapping[str, Any]:
    return {"queue_code": queue_code, "service_day": service_day.isoformat(), "officer": officer}


def queue_opened(queue_code: str, service_day: date, officer: str) -> Mapping[str, Any]:
    return {"queue_code": queue_code, "service_day": service_day.isoformat(), "officer": officer}


def staff_signed(officer: str, device_id: str, counter: int | None) -> Mapping[str, Any]:
    """In or out. No PIN, no name."""
    return {"officer": officer, "device_id": device_id, "counter": counter}


def staff_locked(officer: str, by: str | None) -> Mapping[str, Any]:
    """Locked, by wrong PINs (`by` null); or unlocked, by a supervisor's id or `console`."""
    return {"officer": officer, "by": by}


def alarm(counter: int, officer: str) -> Mapping[str, Any]:
    """Raised at this counter; or answered, by that officer."""
    return {"counter": counter, "officer": officer}
