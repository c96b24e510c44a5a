"""A visit's course in canonical bytes: what every node with the same events must have of it."""

from collections.abc import Iterable
from typing import Final

from kiosk.domain.course import Course, CourseStop
from kiosk.domain.events import canonical

COURSE_FACTS: Final = (
    "service_id",
    "queue_code",
    "state",
    "counter",
    "officer",
    "bound_to",
    "place_ms",
    "calls",
)
"""Of each stop, besides its position and `after`. Times are not of them: each server reckons them by its own clock."""


def canonical_course(ticket_id: str, stops: Iterable[CourseStop], conflicts: int, *, is_priority: bool) -> bytes:
    """Only what follows from the log: not who arrived first, nor who has a counter that two claim."""
    return canonical(
        {
            "ticket_id": ticket_id,
            "is_priority": is_priority,
            "conflicts": conflicts,
            "stops": [
                [stop.position, list(stop.after), *(getattr(stop, name) for name in COURSE_FACTS)] for stop in stops
            ],
        }
    )


def course_row(ticket_id: str, course: Course) -> bytes:
    return canonical_course(ticket_id, course.stops, len(course.conflicts), is_priority=course.is_priority)
