"""A server as its clients find it, without HTTP: sessions and signatures are judged, then the product answers."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

from fastapi import Request, Response
from pydantic import BaseModel
from sqlalchemy.exc import DBAPIError
from starlette.types import Message

from kiosk.faults import fault_point
from kiosk.sync.desk_wire import (
    ACT_PATH,
    COUNTER_PATH,
    SCAN_PATH,
    SEAL_PATH,
    SIGN_IN_PATH,
    SIGN_OUT_PATH,
    VIEW_PATH,
)
from kiosk.sync.wire import (
    APPEND_PATH,
    HEARTBEAT_PATH,
    HELLO_PATH,
    JSON,
    PROTOCOL,
    PROTOCOL_HEADER,
    PULL_PATH,
    RESERVE_PATH,
    SESSION_PATH,
    ProblemCode,
    Reserve,
    Session,
    SessionRequest,
)
from server import authentication, counter_api, desk_api, numbers_api, staff_api, sync_api
from server.authentication import Asker, SignedRequest, paired_device
from server.messages import parse
from server.node import Node
from server.problems import RefusedError, problem_response
from server.reservation import Wish, reserve_together
from server.signing_in import SigningIn
from tests.simulator.power import Machine, Power
from tests.simulator.stillness import at_once

GOOD: Final = (200, 204)
Route = Callable[[Node, SignedRequest], Any]


def _reserve(node: Node, signed: SignedRequest) -> BaseModel:
    """A group of one: what server/numbers_api.py and its desk do without a loop."""
    device = signed.device
    message = parse(Reserve, signed.body)
    numbers_api._note_epoch(node, device.site_id, device.device_id, message.server_epoch)
    node.fences.check(device.site_id)
    (answer,) = reserve_together(node, device.site_id, [Wish(device.device_id, message)])
    if isinstance(answer, RefusedError):
        raise answer
    return answer


ROUTES: Final[Mapping[str, Route]] = {
    HELLO_PATH: sync_api._greet,
    APPEND_PATH: sync_api._append,
    PULL_PATH: sync_api._give_back,
    HEARTBEAT_PATH: numbers_api._beat,
    RESERVE_PATH: _reserve,
    VIEW_PATH: desk_api._view,
    ACT_PATH: desk_api._act,
    SCAN_PATH: desk_api._scan,
    COUNTER_PATH: counter_api._counter,
    SIGN_OUT_PATH: staff_api._sign_out,
}
DEEDS: Final = frozenset({ACT_PATH, SCAN_PATH, COUNTER_PATH})
"""Paths at which power may also go in the middle of a transaction."""


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Admitted:
    """A request whose signature was found good."""

    path: str
    signed: SignedRequest


class Door:
    """One life of one server: it goes when the process dies."""

    def __init__(self, node: Node, machine: Machine, power: Power, heard: Callable[[Admitted], None]) -> None:
        self.node = node
        self._machine = machine
        self._power = power
        self._heard = heard
        self._signing_in = SigningIn(node)

    def admit(self, path: str, headers: Mapping[str, str], body: bytes) -> Admitted | Answer:
        """The session is opened, or the signature judged: what server/authentication.py does to a request of HTTP."""
        try:
            if path == SESSION_PATH:
                return self._open_session(SessionRequest.model_validate_json(body))
            return Admitted(path, self._authenticate(path, headers, body))
        except RefusedError as refused:
            return _read(problem_response(refused))

    def perform(self, admitted: Admitted) -> Answer | None:
        """None: the server died over it."""
        answer = None
        with self._power.on(self._machine):
            with self._power.at_commits(admitted.path in DEEDS):
                answer = self._perform(admitted)
            if admitted.path in DEEDS:
                fault_point("server.before_answer")
            if answer.status in GOOD:
                self._heard(admitted)
        return answer

    def _perform(self, admitted: Admitted) -> Answer:
        route = self._route(admitted.path)
        try:
            return _answer(_refuse(admitted.path) if route is None else route(self.node, admitted.signed))
        except RefusedError as refused:
            return _read(problem_response(refused))
        except DBAPIError:  # as server/app.py explains it
            return _read(problem_response(RefusedError(ProblemCode.BUSY, "The database cannot be used now.")))

    def _route(self, path: str) -> Route | None:
        if path == SEAL_PATH:
            return lambda node, signed: staff_api._seal(node, self._signing_in, signed)
        return self._sign_in if path == SIGN_IN_PATH else ROUTES.get(path)

    def _sign_in(self, node: Node, signed: SignedRequest) -> BaseModel:
        asker = Asker(signed.device.site_id, signed.device.device_id, signed.body)
        return staff_api._sign_in(node, self._signing_in, asker)

    def _open_session(self, wish: SessionRequest) -> Answer:
        device = paired_device(self.node.database, wish.site, wish.device)
        session = self.node.sessions.open(wish.site, wish.device, device.public_key)
        return _answer(
            Session(
                session=session.id,
                challenge=session.challenge,
                server_epoch=self.node.epoch,
                server_time=self.node.clock.now(),
            )
        )

    def _authenticate(self, path: str, headers: Mapping[str, str], body: bytes) -> SignedRequest:
        request = _request(path, headers, body)
        claim = at_once(authentication._claim(request, self.node.sessions))
        device = paired_device(self.node.database, claim.session.site_id, claim.session.device_id)
        authentication._prove(request, claim, device.public_key)
        return SignedRequest(device, claim.body)


def _request(path: str, headers: Mapping[str, str], body: bytes) -> Request:
    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "method": "POST", "path": path, "query_string": b"", "headers": raw}
    return Request(scope | {"scheme": "http", "server": ("simulated.invalid", 80)}, receive)


def _refuse(path: str) -> Any:
    raise RefusedError(ProblemCode.NOT_FOUND, f"{path} is not known here.")


def _answer(message: BaseModel | Response) -> Answer:
    if isinstance(message, Response):
        return _read(message)
    return Answer(200, {"Content-Type": JSON, PROTOCOL_HEADER: PROTOCOL}, message.model_dump_json().encode())


def _read(response: Response) -> Answer:
    headers = {PROTOCOL_HEADER: PROTOCOL}
    with suppress(KeyError):
        headers["Content-Type"] = response.headers["Content-Type"]
    return Answer(response.status_code, headers, bytes(response.body))
