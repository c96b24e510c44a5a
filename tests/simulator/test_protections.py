"""A simulator that finds nothing proves nothing: with one protection switched off, an invariant fails."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any
from unittest.mock import patch

import pytest

from kiosk import issuing
from kiosk.store import writer
from kiosk.store.database import transaction
from kiosk.store.print_jobs import StoredPrintJobs
from kiosk.sync.kiosk_log import KioskLog
from server import ingest
from server.effective_time import Bracket
from server.node import Node
from server.recovery import Recoveries
from server.relay_log import RelayLog
from tests.simulator.kiosk_machine import OutsideWitness
from tests.simulator.schedule import draw
from tests.simulator.server_machine import ServerMachine
from tests.simulator.simulation import SimulationError, simulate

WITHIN = 60
"""Schedules. Each flaw shows itself much earlier in most runs."""

Sabotage = Callable[[], AbstractContextManager[Any]]


def _same_incarnation_again() -> AbstractContextManager[Any]:
    class Predictable:
        """Chance that a restored disk repeats."""

        @staticmethod
        def token_hex(_: int) -> str:
            return "ab" * 8

    return patch.object(writer, "secrets", Predictable)


def _kiosk_never_rewinds() -> AbstractContextManager[Any]:
    believe: Any = KioskLog.believe

    async def only_more(
        self: Any, acknowledged: Mapping[str, int], retracted: Mapping[str, int], central: Mapping[str, int]
    ) -> None:
        del retracted
        await believe(self, acknowledged, {}, central)

    return patch.object(KioskLog, "believe", only_more)


def _site_never_rewinds() -> AbstractContextManager[Any]:
    believe: Any = RelayLog.believe

    async def only_more(
        self: Any, acknowledged: Mapping[str, int], retracted: Mapping[str, int], central: Mapping[str, int]
    ) -> None:
        del retracted, central
        await believe(self, acknowledged, {}, {})

    return patch.object(RelayLog, "believe", only_more)


def _takes_nothing_back() -> AbstractContextManager[Any]:
    async def refuse(self: Any, incarnation: str, after: int, events: Sequence[bytes]) -> str:
        return "not today"

    return patch.object(KioskLog, "take_back", refuse)


def _prints_again_after_a_restart() -> AbstractContextManager[Any]:
    def requeue(self: Any) -> tuple[()]:
        def work(db: Any) -> tuple[()]:
            with transaction(db):
                db.conn.execute("UPDATE print_jobs SET state = 'queued' WHERE state = 'sending'")
            return ()

        self._store.call(work)
        return ()

    return patch.object(StoredPrintJobs, "recover", requeue)


def _takes_gaps() -> AbstractContextManager[Any]:
    return patch.object(ingest, "_continuing", lambda offered, _: (offered, None))


FLAWS: Mapping[str, tuple[Sabotage, str]] = {
    "a restored disk writes under the keys it used before": (_same_incarnation_again, "i1_|i3_|NeverQuiet"),
    "a kiosk does not send again what a restored site lost": (_kiosk_never_rewinds, "i1_"),
    "a site does not send again what a restored central lost": (_site_never_rewinds, "i1_"),
    "a restored kiosk fetches nothing back": (_takes_nothing_back, "i7_"),
    "a kiosk that forgot numbers goes on counting": (
        lambda: patch.multiple("kiosk.store.writer", forget_numbers=lambda *_: None),
        "i4_",
    ),
    "nobody remembers what a restored disk forgot": (
        lambda: patch.object(OutsideWitness, "recall", lambda *_: None),
        "i4_",
    ),
    "a restored site goes on as if nothing had been": (
        lambda: patch.object(ServerMachine, "raise_epoch", lambda *_: 99),
        "i4_",
    ),
    "a restored site does not wait for the kiosks": (
        lambda: patch.object(Recoveries, "is_open", lambda *_: False),
        "i4_",
    ),
    "a kiosk's clock is believed": (lambda: patch.object(Bracket, "clamp", lambda _, at_ms: at_ms), "i8_"),
    "a slip that was on its way goes out again": (_prints_again_after_a_restart, "i6_"),
    "a second press is a second visitor": (
        lambda: patch.object(issuing, "ticket_of_session", lambda *_: None),
        "IntegrityError|i2_",
    ),
    "a site passes off its own word for central's": (
        lambda: patch.object(Node, "central", lambda *arguments: arguments[-1]),
        "i1_",
    ),
    "a server takes events with a gap before them": (_takes_gaps, "i3_|i7_"),
}


@pytest.mark.parametrize("flaw", FLAWS)
def test_flaw_is_found(flaw: str) -> None:
    sabotage, sign = FLAWS[flaw]
    with sabotage(), pytest.raises(SimulationError, match=sign):
        _simulate_until_one_fails()


def _simulate_until_one_fails() -> None:
    for seed in range(WITHIN):
        simulate(draw(seed, is_harsh=True))
