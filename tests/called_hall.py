"""A server whose own log says what officers do, without any desk: enough for whoever only watches a hall."""

import itertools
import secrets
from dataclasses import replace
from typing import Any

from kiosk.domain.course import Action, Deed
from kiosk.domain.desk_bodies import ACTION_TYPES, acted
from kiosk.domain.event_bodies import ticket_issued
from kiosk.domain.events import TICKET_ISSUED
from kiosk.domain.stop_life import Verb
from kiosk.domain.ticket import Stop, TicketId
from server.changes import publish_deed
from server.node import Node
from tests.paired_kiosk import SITE, some_ticket

_NUMBERS = itertools.count(1)
_NO_KEY = ("", "", "", 0)


class CalledHall:
    def __init__(self, node: Node) -> None:
        self._node = node

    def issue(self, queue: str = "D", service: str = "dukcapil.ktp") -> tuple[str, str]:
        """A ticket's id and its label."""
        number = next(_NUMBERS)
        ticket_id = TicketId(secrets.token_hex(8))
        with self._node.database.writing() as connection:
            ticket = replace(
                some_ticket(number),
                id=ticket_id,
                service_day=self._node.service_days.ensure(connection, SITE),
                queue_code=queue,
                label=f"{queue}-{number:03d}",
                stops=(Stop(1, service, 11, queue),),
            )
            body = ticket_issued(ticket, "c" * 64)
            self._node.own_log.append(connection, SITE, TICKET_ISSUED, body)
        publish_deed(self._node, SITE, [ticket_id])
        return ticket_id, ticket.label

    def do(self, verb: Verb | Deed, ticket_id: str, counter: int, **facts: Any) -> str:
        """The action's own name."""
        name = secrets.token_hex(8)
        facts = {"position": None if isinstance(verb, Deed) else 1, "officer": "P-017"} | facts
        action = Action(_NO_KEY, name, verb, ticket_id, 0, counter=counter, **facts)
        with self._node.database.writing() as connection:
            self._node.own_log.append(connection, SITE, ACTION_TYPES[verb], acted(action))
        publish_deed(self._node, SITE, [ticket_id], hall=verb is Deed.UNDO)
        return name
