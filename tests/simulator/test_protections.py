"""A simulator that finds nothing proves nothing: with one protection switched off, an invariant fails."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest

from kiosk import issuing
from kiosk.store import print_jobs, writer
from kiosk.store.database import transaction
from kiosk.store.print_jobs import StoredPrintJobs
from kiosk.sync.kiosk_log import KioskLog
from server import ingest
from server.effective_time import Bracket
from server.node import Node
from server.relay_log import RelayLog
from tests.simulator.kiosk_machine import OutsideWitness
from tests.simulator.schedule import draw
from tests.simulator.server_machine import ServerMachine
from tests.simulator.simulation import SimulationError, simulate

WITHIN = 8
"""Schedules."""

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


@contextmanager
def _prints_again_after_a_restart() -> Iterator[None]:
    def requeue(self: Any) -> tuple[()]:
        def work(db: Any) -> tuple[()]:
            with transaction(db):
                db.conn.execute("UPDATE print_jobs SET state = 'queued' WHERE state = 'sending'")
            return ()

        self._store.call(work)
        return ()

    never = patch.object(print_jobs, "PATIENCE", timedelta(days=99))
    with never, patch.object(StoredPrintJobs, "recover", requeue):
        yield


def _takes_gaps() -> AbstractContextManager[Any]:
    return patch.object(ingest, "_continuing", lambda offered, _: (offered, None))


@dataclass(frozen=True)
class Flaw:
    """`sabotage` switches a protection off; then one of WITHIN schedules from `first` on fails with `sign`."""

    sabotage: Sabotage
    sign: str
    first: int = 0
    is_harsh: bool = True


FLAWS: Mapping[str, Flaw] = {
    "a restored disk writes under the keys it used before": Flaw(_same_incarnation_again, "i1_|i3_|NeverQuiet"),
    "a kiosk does not send again what a restored site lost": Flaw(_kiosk_never_rewinds, "i1_"),
    "a site does not send again what a restored central lost": Flaw(_site_never_rewinds, "i1_", first=3),
    "a restored kiosk fetches nothing back": Flaw(_takes_nothing_back, "i7_"),
    "a kiosk that forgot numbers goes on counting": Flaw(
        lambda: patch.object(writer, "forget_numbers", lambda *_: None), "i4_", first=39
    ),
    "nobody remembers what a restored disk forgot": Flaw(
        lambda: patch.object(OutsideWitness, "recall", lambda *_: None), "i4_", first=39
    ),
    "a restored site goes on as if nothing had been": Flaw(
        lambda: patch.object(ServerMachine, "raise_epoch", lambda *_, **__: 99), "i4_"
    ),
    "a kiosk's clock is believed": Flaw(
        lambda: patch.object(Bracket, "clamp", lambda _, at_ms: at_ms), "i8_", first=5, is_harsh=False
    ),
    "a slip that was on its way goes out again": Flaw(_prints_again_after_a_restart, "i6_", first=3, is_harsh=False),
    "whoever went without paper keeps his place": Flaw(
        lambda: patch.object(StoredPrintJobs, "abandon", lambda _: ()), "i6_no_ghosts", is_harsh=False
    ),
    "a second press is a second visitor": Flaw(
        lambda: patch.object(issuing, "ticket_of_session", lambda *_: None), "i2_|IntegrityError"
    ),
    "a site passes off its own word for central's": Flaw(
        lambda: patch.object(Node, "central", lambda *arguments: arguments[-1]), "i1_"
    ),
    "a server takes events with a gap before them": Flaw(_takes_gaps, "i3_|i7_|ValueError"),
}


@pytest.mark.parametrize("name", FLAWS)
def test_flaw_is_found(name: str) -> None:
    flaw = FLAWS[name]
    with flaw.sabotage(), pytest.raises(SimulationError, match=flaw.sign):
        _simulate_until_one_fails(flaw)


def _simulate_until_one_fails(flaw: Flaw) -> None:
    for seed in range(flaw.first, flaw.first + WITHIN):
        simulate(draw(seed, is_harsh=flaw.is_harsh))
