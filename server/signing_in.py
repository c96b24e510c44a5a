"""Signing in at a desk. A try counts before it is judged, durably: whoever cuts the power has had it all the same.

Whether an id is known shows in nothing: an unknown one costs the same work, waits the same and is locked the same. The
database is not held while a PIN is checked, which takes long on purpose.
"""

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock
from typing import Final

import structlog
from sqlalchemy import Connection

from kiosk.sync.desk_wire import Refusal, SignedIn, SignIn, SignInAnswer
from kiosk.sync.pin_seal import PinOpener
from server.database import lock_site, milliseconds
from server.node import Node
from server.pins import LOCKED_AT, LONGEST_AT_TERMINAL_MS, Tries, is_weak
from server.staff import (
    NOBODY,
    PinHasher,
    change_pin,
    find_account,
    lock_account,
    note_tries,
    note_tries_at_terminal,
    tries_at_terminal,
)
from server.staff_sessions import Desk, Officer, holder_of, open_session

log = structlog.get_logger(__name__)

_MOST_UNKNOWN: Final = 10_000


@dataclass(frozen=True, slots=True)
class _Try:
    """`pin_hash`: what the PIN is compared with. `failures`: with this one."""

    pin_hash: str
    failures: int


@dataclass(frozen=True, slots=True)
class _Asked:
    site_id: str
    device_id: str
    message: SignIn


class SigningIn:
    """Safe to use from many threads. `hasher`: another one for tests that count."""

    def __init__(self, node: Node, hasher: PinHasher | None = None) -> None:
        self.opener = PinOpener(node.identity, node.clock.monotonic)
        self._node = node
        self._hasher = hasher or PinHasher()
        self._lock = Lock()
        self._unknown: OrderedDict[tuple[str, str], Tries] = OrderedDict()

    def sign_in(self, site_id: str, device_id: str, message: SignIn) -> SignInAnswer:
        """Raises PinSealError where the PIN cannot be read."""
        pin = self.opener.open(message.sealed_pin, message.staff, device_id)
        new_pin = None
        if message.sealed_new_pin is not None:
            new_pin = self.opener.open(message.sealed_new_pin, message.staff, device_id)
        asked = _Asked(site_id, device_id, message)
        with self._node.database.writing() as connection:
            begun = self._begin(connection, asked)
        if isinstance(begun, SignInAnswer):
            return begun
        if not self._hasher.fits(pin, begun.pin_hash) or begun.pin_hash == NOBODY:
            return self._failed(asked, begun)
        new_hash = None
        if new_pin is not None and new_pin != pin and not is_weak(new_pin, message.staff):
            new_hash = self._hasher.hash(new_pin)
        with self._node.database.writing() as connection:
            return self._let_in(connection, asked, begun, new_hash)

    def _begin(self, connection: Connection, asked: _Asked) -> _Try | SignInAnswer:
        site_id, device_id, staff_id = asked.site_id, asked.device_id, asked.message.staff
        now_ms = self._now_ms()
        lock_site(connection, site_id)
        found = find_account(connection, site_id, staff_id)
        tries = found[0].tries if found is not None else self._tries_of_unknown(site_id, staff_id)
        is_locked = found[0].is_locked if found is not None else tries.failures >= LOCKED_AT
        at_terminal = tries_at_terminal(connection, site_id, device_id)
        left_ms = at_terminal.left_ms(now_ms, LONGEST_AT_TERMINAL_MS)
        if is_locked and left_ms == 0:
            return SignInAnswer(refusal=Refusal.LOCKED)
        left_ms = max(left_ms, tries.left_ms(now_ms))
        if left_ms > 0:
            return SignInAnswer(refusal=Refusal.WAIT, wait_s=-(-left_ms // 1000))
        after = tries.failed(now_ms)
        if found is not None:
            note_tries(connection, site_id, staff_id, after)
        else:
            self._note_unknown(site_id, staff_id, after)
        note_tries_at_terminal(connection, site_id, device_id, at_terminal.failed(now_ms, LONGEST_AT_TERMINAL_MS))
        return _Try(NOBODY if found is None else found[1], after.failures)

    def _failed(self, asked: _Asked, begun: _Try) -> SignInAnswer:
        """`wait_s`: where the next try must wait already."""
        site_id, staff_id = asked.site_id, asked.message.staff
        if begun.failures >= LOCKED_AT:
            with self._node.database.writing() as connection:
                if lock_account(connection, self._node.own_log, site_id, staff_id):
                    log.warning("staff_locked", site=site_id, staff=staff_id, device=asked.device_id)
            return SignInAnswer(refusal=Refusal.LOCKED)
        return SignInAnswer(refusal=Refusal.WRONG_PIN)

    def _let_in(self, connection: Connection, asked: _Asked, begun: _Try, new_hash: str | None) -> SignInAnswer:
        site_id, message = asked.site_id, asked.message
        lock_site(connection, site_id)
        found = find_account(connection, site_id, message.staff)
        if found is None or found[1] != begun.pin_hash:  # reset or removed while the PIN was checked
            return SignInAnswer(refusal=Refusal.WRONG_PIN)
        account, _ = found
        if account.is_locked and account.tries.failures != begun.failures:
            return SignInAnswer(refusal=Refusal.LOCKED)
        note_tries(connection, site_id, message.staff, Tries())
        note_tries_at_terminal(connection, site_id, asked.device_id, Tries())
        if message.sealed_new_pin is not None and new_hash is None:
            return SignInAnswer(refusal=Refusal.WEAK_PIN)
        if new_hash is not None:
            change_pin(connection, site_id, message.staff, new_hash)
        elif account.must_change:
            return SignInAnswer(refusal=Refusal.MUST_CHANGE)
        officer = Officer(message.staff, account.role, self._counter_for(connection, asked))
        session = open_session(connection, self._node.own_log, Desk(site_id, asked.device_id), officer, self._now_ms())
        signed_in = SignedIn(session=session, staff=officer.staff, role=officer.role, counter=officer.counter)
        return SignInAnswer(signed_in=signed_in)

    def _counter_for(self, connection: Connection, asked: _Asked) -> int | None:
        """As asked, unless another has it: then the desk has none until it takes one."""
        counter = asked.message.counter
        if counter is None:
            return None
        holder = holder_of(connection, asked.site_id, counter, self._now_ms())
        is_free = holder is None or holder.device_id == asked.device_id or holder.staff == asked.message.staff
        return counter if is_free else None

    def _tries_of_unknown(self, site_id: str, staff_id: str) -> Tries:
        with self._lock:
            return self._unknown.get((site_id, staff_id), Tries())

    def _note_unknown(self, site_id: str, staff_id: str, tries: Tries) -> None:
        with self._lock:
            self._unknown[site_id, staff_id] = tries
            if len(self._unknown) > _MOST_UNKNOWN:
                self._unknown.popitem(last=False)

    def _now_ms(self) -> int:
        return milliseconds(self._node.trusted_clock.read().at)
