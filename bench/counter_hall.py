"""A site server as a process of its own, one counter of its hall open at a lean desk, and visitors who wait there."""

import secrets
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, TypeVar

from argon2 import PasswordHasher
from pydantic import BaseModel

from bench.lean_client import AnswerError, LeanClient
from kiosk.domain.event_bodies import ticket_issued
from kiosk.domain.events import TICKET_ISSUED
from kiosk.domain.language import Language
from kiosk.domain.numbering import format_label
from kiosk.domain.ticket import Stop, Ticket, TicketId
from kiosk.domain.token import Claims, build_payload, sign
from kiosk.errors import KioskError
from kiosk.identity import Identity, new_identity
from kiosk.paths import is_frozen, own_command
from kiosk.sync.desk_wire import (
    ACT_PATH,
    COUNTER_PATH,
    SEAL_PATH,
    SIGN_IN_PATH,
    Act,
    Answer,
    CounterState,
    DeskVerb,
    Role,
    Seal,
    SealKey,
    SetCounter,
    SignIn,
    SignInAnswer,
)
from kiosk.sync.pin_seal import sealed_pin
from kiosk.sync.wire import HELLO_PATH, DeviceKind, Hello
from server.devices import DeviceRecord
from server.enrolment import admit
from server.node import Node, open_node
from server.pins import Tries
from server.run import ADDRESS_FILE
from server.settings import Role as ServerRole
from server.settings import ServerSettings
from server.staff import Account, add_account

SITE: Final = "bench"
SERVICE: Final = "dukcapil.ktp-hilang"
_OFFICER: Final = "P-017"
_PIN: Final = "482915"

AnswerT = TypeVar("AnswerT", bound=BaseModel)


@dataclass(frozen=True)
class CounterHall:
    """`tickets`: who waits, in the order of calls; their tokens are genuine."""

    url: str
    tickets: Sequence[Ticket]
    desk: "LeanDesk"


class LeanDesk:
    """One officer at one counter. Requests are signed before anybody looks at a watch."""

    def __init__(self, client: LeanClient, identity: Identity, server_key: bytes, counter: int) -> None:
        self._client = client
        self._identity = identity
        key = self.ask(SEAL_PATH, Seal(), SealKey)
        pin = sealed_pin(_PIN, _OFFICER, identity.device_id, key, server_key)
        answer = self.ask(SIGN_IN_PATH, SignIn(staff=_OFFICER, sealed_pin=pin, counter=counter), SignInAnswer)
        if answer.signed_in is None:
            raise AnswerError(f"not signed in: {answer.refusal}")
        self.session = answer.signed_in.session
        opened = SetCounter(session=self.session, counter=counter, state=CounterState.OPEN)
        self.done(self.ask(COUNTER_PATH, opened, Answer))

    def request(self, path: str, message: BaseModel) -> bytes:
        (request,) = self._client.signed(path, [message.model_dump_json().encode()])
        return request

    def tell(self, request: bytes) -> bytes:
        """The answer's body. Raises AnswerError for every other than a good one."""
        status, body = self._client.ask(request)
        if status != 200:
            raise AnswerError(f"{status} {body.decode(errors='replace')}")
        return body

    def ask(self, path: str, message: BaseModel, answer: type[AnswerT]) -> AnswerT:
        return answer.model_validate_json(self.tell(self.request(path, message)))

    def deed(self, verb: DeskVerb) -> Act:
        return Act(session=self.session, action=secrets.token_hex(8), verb=verb)

    def do(self, verb: DeskVerb) -> None:
        self.done(self.ask(ACT_PATH, self.deed(verb), Answer))

    def bare(self) -> bytes:
        """The least that a signed request can ask for."""
        return self.request(HELLO_PATH, Hello(origin=self._identity.device_id, heads=()))

    @staticmethod
    def done(answer: Answer) -> None:
        if answer.refusal is not None:
            raise AnswerError(f"refused: {answer.refusal}")


@contextmanager
def counter_hall(count: int) -> Iterator[CounterHall]:
    """`count`: visitors who wait. Raises KioskError where the server does not start."""
    if is_frozen():
        raise KioskError("Desks are measured from a source tree: run `giliran bench` there.")
    with TemporaryDirectory() as folder:
        settings = ServerSettings(ServerRole.SITE, Path(folder) / "server")
        node = open_node(settings)
        try:
            desk = _let_in(node, "Loket 1", DeviceKind.DESK, None)
            kiosk = _let_in(node, "Anjungan 1", DeviceKind.KIOSK, 1)
            tickets, counter = _waiting(node, kiosk, count)
            account = Account(_OFFICER, Role.OFFICER, Tries(), is_locked=False, must_change=False, added_at_ms=0)
            cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(_PIN)
            with node.database.writing() as connection:
                add_account(connection, SITE, account, cheap)
            server_key = node.identity.public_key
        finally:
            node.close()
        with _server(settings.data_dir) as url, LeanClient(url, SITE, desk) as client:
            yield CounterHall(url, tickets, LeanDesk(client, desk, server_key, counter))


def _let_in(node: Node, name: str, kind: DeviceKind, number: int | None) -> Identity:
    identity = new_identity()
    letter = None if number is None else "A"
    admit(node, DeviceRecord(identity.device_id, identity.public_key, SITE, number, letter, name, kind))
    return identity


def _waiting(node: Node, kiosk: Identity, count: int) -> tuple[Sequence[Ticket], int]:
    """And the counter that serves them."""
    with node.database.writing() as connection:
        day = node.service_days.ensure(connection, SITE)
        hall = node.halls.of(connection, SITE, node.identity.device_id)
        queue = hall.site.queue_by_service[SERVICE]
        service = hall.catalogue.services[SERVICE]
        tickets = []
        for number in range(1, count + 1):
            ticket_id = TicketId(secrets.token_hex(8))
            claims = Claims(
                kiosk.key_id, hall.site.number, 1, day, queue.number, 0, number, 600, ticket_id, (service.number,)
            )
            stop = Stop(1, SERVICE, service.number, queue.code)
            token = sign(build_payload(claims), kiosk.sign)
            ticket = _ticket(ticket_id, day, number, stop, token)
            node.own_log.append(connection, SITE, TICKET_ISSUED, ticket_issued(ticket, "c" * 64))
            tickets.append(ticket)
    return tickets, queue.counters[0].number


def _ticket(ticket_id: TicketId, day: date, number: int, stop: Stop, token: str) -> Ticket:
    return Ticket(
        id=ticket_id,
        site_id=SITE,
        service_day=day,
        series=0,
        queue_code=stop.queue_code,
        number=number,
        label=format_label(stop.queue_code, number, 0),
        stops=(stop,),
        is_priority=False,
        language=Language.INDONESIAN,
        issued_at=datetime.now(UTC),
        clock_trusted=True,
        token=token,
        people_ahead=(0,),
    )


@contextmanager
def _server(folder: Path) -> Iterator[str]:
    command = [*own_command(), "server", "--role", "site", "--data", str(folder), "--listen", "127.0.0.1:0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:  # noqa: S603  # our own program
        try:
            assert server.stdout is not None  # noqa: S101  # a pipe was asked for
            if not server.stdout.readline():  # it says where it listens
                raise KioskError("The site server did not start: its words stand above.")
            yield (folder / ADDRESS_FILE).read_text()
        finally:
            server.terminate()
