"""What the log says the tables should hold: tickets, stops and service days as a pure function of the events."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from kiosk.domain.events import DAY_OPENED, TICKET_ISSUED, Event

Row = tuple[Any, ...]

TABLES: Final[Mapping[str, str]] = {
    "service_days": "site_id, service_day, clock_trusted",
    "tickets": "id, site_id, service_day, series, queue_code, number, label, is_priority, language, issued_at,"
    " clock_trusted",
    "stops": "ticket_id, position, service_day, service_id, service_number, queue_code, json(after), state,"
    " people_ahead, promised_low_s, promised_high_s",
}
"""Table -> the columns that follow from the log, the key first. The others (token, session) do not."""


def projected(event: Event) -> Iterator[tuple[str, Row]]:
    """(table, row) that this event has made. Raises KeyError or TypeError for a body that is not of its type."""
    body = event.body
    if event.type == DAY_OPENED:
        yield "service_days", (body["site_id"], body["service_day"], int(body["clock_trusted"]))
    elif event.type == TICKET_ISSUED:
        yield (
            "tickets",
            (
                body["ticket_id"],
                body["site_id"],
                body["service_day"],
                body["series"],
                body["queue_code"],
                body["number"],
                body["label"],
                int(body["is_priority"]),
                body["language"],
                body["issued_at"],
                int(body["clock_trusted"]),
            ),
        )
        for stop in body["stops"]:
            yield (
                "stops",
                (
                    body["ticket_id"],
                    stop["position"],
                    body["service_day"],
                    stop["service_id"],
                    stop["service_number"],
                    stop["queue_code"],
                    "[" + ",".join(str(position) for position in stop["after"]) + "]",
                    stop["state"],
                    stop["people_ahead"],
                    stop.get("promised_low_s"),
                    stop.get("promised_high_s"),
                ),
            )
