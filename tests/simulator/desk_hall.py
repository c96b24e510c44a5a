"""The hall as its counters see it: who serves what, who may sit there, whose tickets are believed."""

import base64
import hashlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import date
from typing import Final
from unittest.mock import patch

from argon2 import PasswordHasher

from kiosk.data_in_force import DataInForce
from kiosk.desk import memory
from kiosk.desk.verifier import Verifier
from kiosk.domain.calling_rules import CallingRules
from kiosk.domain.site import Counter, Site
from kiosk.domain.trust import DeviceFacts, TrustedDevice, TrustList
from kiosk.enrolment import Enrolment
from kiosk.identity import Identity
from kiosk.sync.desk_wire import Role
from kiosk.sync.wire import DeviceKind
from server.hall import Hall
from server.node import Node
from server.pins import Tries
from server.staff import Account, add_account
from tests.simulator.kiosk_machine import HALL
from tests.simulator.memory_folder import write
from tests.small_hall import small_catalogue

_COUNTERS: Final = {"D": (1, 2), "P": (2, 3), "N": (1, 3)}
"""Two counters already serve every queue."""
_QUICK: Final = CallingRules(calls=1, return_after=1)
PIN: Final = "482915"
PIN_HASH: Final = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PIN)
"""Cheap to compare with: what the product makes takes long on purpose."""
_FIRST_DAY: Final = date(2026, 1, 1)


def _with_counters(site: Site) -> Site:
    queues = tuple(
        replace(queue, counters=tuple(Counter(number, "z") for number in _COUNTERS[queue.code]), calling=_QUICK)
        for queue in site.queues
    )
    return replace(site, queues=queues)


COUNTERS_HALL: Final = _with_counters(HALL)
AT_HAND: Final = DataInForce(small_catalogue(), COUNTERS_HALL)


def serve(node: Node) -> None:
    """As if the hall's files had been published: no history is about them."""
    node.halls._known[None, None] = Hall(COUNTERS_HALL, AT_HAND.catalogue)


def officer_of(counter: int) -> str:
    return f"P-{counter:03d}"


def add_officers(node: Node, counters: int) -> None:
    with node.database.writing() as connection:
        for counter in range(1, counters + 1):
            account = Account(
                officer_of(counter), Role.OFFICER, Tries(), is_locked=False, must_change=False, added_at_ms=0
            )
            add_account(connection, HALL.id, account, PIN_HASH)


def trust_in(kiosks: list[Identity]) -> TrustList:
    devices = [
        TrustedDevice(
            DeviceFacts(key.device_id, DeviceKind.KIOSK, key.public_key, f"kiosk-{number}", number), _FIRST_DAY
        )
        for number, key in enumerate(kiosks, start=1)
    ]
    return TrustList(HALL.id, tuple(devices), {})


def enrolment(desk: Identity, name: str, site: Identity) -> Enrolment:
    return Enrolment(
        server_url="http://site.invalid",
        site=HALL.id,
        device=desk.device_id,
        kind=DeviceKind.DESK,
        name=name,
        server=site.device_id,
        server_key=base64.b64encode(site.public_key).decode(),
        server_epoch=1,
        authorities=(),
    )


@contextmanager
def cheap_desks() -> Iterator[None]:
    """Meanwhile PINs are hashed at once, and a desk's one file lies on its simulated disk."""
    with ExitStack() as patches:
        patches.enter_context(patch.object(Verifier, "_hashed", lambda _, pin: hashlib.sha256(pin.encode()).digest()))
        patches.enter_context(patch.object(memory, "write_private", write))
        yield
