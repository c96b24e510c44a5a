"""What each event says, field by field (docs/events.md). Nothing of it is personal data."""

import base64
from collections.abc import Mapping
from datetime import date
from typing import Any

from kiosk.domain.events import LogHead
from kiosk.domain.print_job import PrintState
from kiosk.domain.printer_facts import PrinterFacts
from kiosk.domain.ticket import Ticket, TicketId, Wait
from kiosk.domain.trust import DeviceFacts


def node_started(parent: LogHead | None, program: str, *, clock_trusted: bool) -> Mapping[str, Any]:
    origin = parent and {"incarnation": parent.incarnation, "sequence": parent.sequence, "hash": parent.hash}
    return {"parent": origin, "program": program, "clock_trusted": clock_trusted}


def day_opened(site_id: str, service_day: date, *, clock_trusted: bool) -> Mapping[str, Any]:
    return {"site_id": site_id, "service_day": service_day.isoformat(), "clock_trusted": clock_trusted}


def ticket_issued(ticket: Ticket, catalogue_version: str) -> Mapping[str, Any]:
    """Without the token: it is signed from the same facts, and whoever holds its text holds the ticket."""
    return {
        "ticket_id": ticket.id,
        "site_id": ticket.site_id,
        "service_day": ticket.service_day.isoformat(),
        "series": ticket.series,
        "queue_code": ticket.queue_code,
        "number": ticket.number,
        "label": ticket.label,
        "is_priority": ticket.is_priority,
        "language": ticket.language,
        "issued_at": ticket.issued_at.isoformat(),
        "clock_trusted": ticket.clock_trusted,
        "catalogue": catalogue_version,
        "stops": [
            {
                "position": stop.position,
                "service_id": stop.service_id,
                "service_number": stop.service_number,
                "queue_code": stop.queue_code,
                "after": list(stop.after),
                "state": stop.state,
                "people_ahead": ahead,
                **_promise(ticket.promise_of(stop)),
            }
            for stop, ahead in zip(ticket.stops, ticket.people_ahead, strict=True)
        ],
    }


def _promise(wait: Wait | None) -> Mapping[str, int]:
    """Absent where nothing was promised."""
    return {} if wait is None else {"promised_low_s": wait.low_s, "promised_high_s": wait.high_s}


def ticket_reprinted(ticket_id: TicketId, copy: int) -> Mapping[str, Any]:
    return {"ticket_id": ticket_id, "copy": copy}


def print_finished(ticket_id: TicketId, copy: int, state: PrintState) -> Mapping[str, Any]:
    return {"ticket_id": ticket_id, "copy": copy, "state": state}


def ticket_shown(ticket_id: TicketId) -> Mapping[str, Any]:
    return {"ticket_id": ticket_id}


def print_witnessed(ticket_id: TicketId, copy: int) -> Mapping[str, Any]:
    return {"ticket_id": ticket_id, "copy": copy}


def ticket_abandoned(ticket_id: TicketId) -> Mapping[str, Any]:
    return {"ticket_id": ticket_id}


def kiosk_status(facts: PrinterFacts) -> Mapping[str, Any]:
    return {
        "printer": facts.printer,
        "fallback": facts.fallback,
        "in_use": facts.in_use,
        "confirmation": facts.confirmation,
        "slips_left": facts.slips_left,
        "paper_low": facts.is_paper_low,
    }


def device_enrolled(device: DeviceFacts) -> Mapping[str, Any]:
    """By the server that let it in; again when its name, number or letter change."""
    return {
        "device_id": device.device_id,
        "kind": device.kind,
        "public_key": base64.b64encode(device.public_key).decode(),
        "name": device.name,
        "kiosk_number": device.kiosk_number,
        "letter": device.letter,
    }


def device_revoked(device_id: str) -> Mapping[str, Any]:
    return {"device_id": device_id}


def epoch_raised(epoch: int) -> Mapping[str, Any]:
    return {"epoch": epoch}
