"""A desk that a server has let in, and its officers: signed requests over HTTP, without the desk's own program."""

import itertools
import secrets
from collections.abc import Mapping
from typing import Any, TypeVar

import httpx2
from argon2 import PasswordHasher
from pydantic import BaseModel

from kiosk.identity import Identity, new_identity
from kiosk.sync import signing
from kiosk.sync.desk_wire import (
    SEAL_PATH,
    SIGN_IN_PATH,
    SIGN_OUT_PATH,
    Answer,
    Role,
    Seal,
    SealKey,
    SignIn,
    SignInAnswer,
    SignOut,
)
from kiosk.sync.pin_seal import sealed_pin
from kiosk.sync.wire import JSON, PROTOCOL, PROTOCOL_HEADER, SESSION_PATH, DeviceKind, Session, SessionRequest
from server.devices import DeviceRecord
from server.enrolment import admit
from server.pins import Tries
from server.run import Server
from server.staff import Account, add_account
from tests.paired_kiosk import SITE

AnswerT = TypeVar("AnswerT", bound=BaseModel)

PIN = "482915"
PIN_HASH = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PIN)
"""Cheap to compare with: what the product makes takes long on purpose."""


def add_officer(
    server: Server, staff: str = "P-017", role: Role = Role.OFFICER, *, must_change: bool = False, site_id: str = SITE
) -> None:
    """With the PIN above."""
    account = Account(staff, role, Tries(), is_locked=False, must_change=must_change, added_at_ms=0)
    with server.node.database.writing() as connection:
        add_account(connection, site_id, account, PIN_HASH)


class PairedDesk:
    """`session`: of the officer who has signed in, as the desk would show it."""

    def __init__(self, server: Server, identity: Identity, site_id: str = SITE) -> None:
        self.identity = identity
        self.session = "0" * 32
        self._server = server
        self._site_id = site_id
        self._http = httpx2.Client(base_url=server.url, headers={PROTOCOL_HEADER: PROTOCOL}, trust_env=False)
        self._opened = self._open()
        self._counter = itertools.count(1)

    @property
    def device_id(self) -> str:
        return self.identity.device_id

    def post(self, path: str, message: BaseModel | Mapping[str, Any]) -> httpx2.Response:
        body = (message if isinstance(message, BaseModel) else _Any.model_validate(message)).model_dump_json().encode()
        parts = signing.SignedParts(
            method="POST",
            path=path,
            body=body,
            site=self._site_id,
            device=self.device_id,
            session=self._opened.session,
            challenge=self._opened.challenge,
            counter=next(self._counter),
        )
        headers = {"Content-Type": JSON, **signing.sign(parts, self.identity)}
        return self._http.post(path, content=body, headers=headers)

    def ask(self, path: str, message: BaseModel, answer: type[AnswerT]) -> AnswerT:
        response = self.post(path, message)
        assert response.status_code == 200, response.text
        return answer.model_validate_json(response.content)

    def sealed(self, pin: str, staff: str) -> str:
        key = self.ask(SEAL_PATH, Seal(), SealKey)
        return sealed_pin(pin, staff, self.device_id, key, self._server.node.identity.public_key)

    def try_pin(
        self, staff: str = "P-017", pin: str = PIN, counter: int | None = None, new_pin: str | None = None
    ) -> SignInAnswer:
        message = SignIn(
            staff=staff,
            sealed_pin=self.sealed(pin, staff),
            sealed_new_pin=None if new_pin is None else self.sealed(new_pin, staff),
            counter=counter,
        )
        answer = self.ask(SIGN_IN_PATH, message, SignInAnswer)
        if answer.signed_in is not None:
            self.session = answer.signed_in.session
        return answer

    def sign_in(self, staff: str = "P-017", counter: int | None = None) -> None:
        answer = self.try_pin(staff, PIN, counter)
        assert answer.signed_in is not None, answer

    def sign_out(self) -> Answer:
        return self.ask(SIGN_OUT_PATH, SignOut(session=self.session), Answer)

    def close(self) -> None:
        self._http.close()

    def _open(self) -> Session:
        request = SessionRequest(site=self._site_id, device=self.device_id)
        response = self._http.post(SESSION_PATH, content=request.model_dump_json(), headers={"Content-Type": JSON})
        return Session.model_validate_json(response.content)


class _Any(BaseModel, extra="allow"):
    pass


def paired_desk(server: Server, name: str = "Loket 1", kind: DeviceKind = DeviceKind.DESK) -> PairedDesk:
    """A machine of its own, let in as a desk."""
    identity = new_identity()
    admit(server.node, DeviceRecord(identity.device_id, identity.public_key, SITE, None, None, name, kind))
    return PairedDesk(server, identity)


def action_name() -> str:
    return secrets.token_hex(8)
