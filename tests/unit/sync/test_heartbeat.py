"""How long a kiosk rests between two heartbeats, and whom it tells of what they brought."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest

from kiosk.clock import FakeClock
from kiosk.errors import FencedError, KioskError, OfflineError, ServerBusyError, StoreDiskError, UnauthorisedError
from kiosk.identity import load_or_create_identity
from kiosk.store.writer import Store
from kiosk.sync.breaker import Breaker
from kiosk.sync.fence import EpochFence
from kiosk.sync.heartbeat import Heart, Listeners, Patient
from kiosk.sync.pace import Pace
from kiosk.sync.reply import NotKnownThereError
from kiosk.sync.wire import Heartbeat, HeartbeatAnswer
from tests.conftest import Logs
from tests.small_hall import MONDAY_10_00

if TYPE_CHECKING:
    from kiosk.sync.client import SyncClient

GOOD = HeartbeatAnswer(server_epoch=1, server_time=MONDAY_10_00)


class ScriptedClient:
    """Answers what the test says; keeps what it was told."""

    def __init__(self, *answers: HeartbeatAnswer | Exception) -> None:
        self._answers = list(answers)
        self.told: list[Heartbeat] = []

    async def heartbeat(self, message: Heartbeat) -> HeartbeatAnswer:
        self.told.append(message)
        answer = self._answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


class Case:
    def __init__(self, store: Store, pace: Pace, alarms: Callable[[], tuple[str, ...]]) -> None:
        self.breaker = Breaker()
        self.greetings = 0
        self.versions: list[Mapping[str, int]] = []
        patient = Patient(store, FakeClock(MONDAY_10_00), lambda: "ready", alarms)
        listeners = Listeners(self._greet, self.versions.append)
        self.heart = Heart(patient, listeners, self.breaker, EpochFence(4), pace, lambda: 0.5)
        self.client = ScriptedClient()

    def rests(self, *answers: HeartbeatAnswer | Exception) -> list[float]:
        """Seconds after each of these answers."""
        self.client = ScriptedClient(*answers)

        async def beat() -> list[float]:
            return [await self.heart.beat_once(cast("SyncClient", self.client)) for _ in answers]

        return asyncio.run(beat())

    def _greet(self) -> None:
        self.greetings += 1


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path, FakeClock(MONDAY_10_00), load_or_create_identity(tmp_path)) as store:
        yield store


@pytest.fixture
def case(store: Store) -> Case:
    return Case(store, Pace(), lambda: ("Another machine writes as this kiosk.",))


def test_a_heart_beats_every_two_seconds(case: Case) -> None:
    assert case.rests(GOOD, GOOD) == [2.0, 2.0]
    assert case.breaker.is_closed
    assert case.greetings == 0


def test_after_a_failure_it_beats_soon_and_never_less_often_than_every_five_seconds(case: Case) -> None:
    assert case.rests(*[OfflineError("gone")] * 6) == [0.75, 1.5, 3.0, 3.75, 3.75, 3.75]
    assert case.breaker.reason == "gone"


@pytest.mark.parametrize("refusal", [UnauthorisedError("revoked"), FencedError("old"), ServerBusyError("busy")])
def test_whoever_answers_with_a_refusal_is_left_in_peace(case: Case, refusal: KioskError) -> None:
    assert case.rests(*[refusal] * 8)[-1] == 45.0
    assert not case.breaker.is_closed


def test_a_busy_server_gets_the_pause_that_it_asked_for(case: Case) -> None:
    assert case.rests(ServerBusyError("busy", retry_after_s=20.0)) == [20.5]


def test_the_end_of_an_outage_and_its_beginning_are_worth_a_hello(case: Case) -> None:
    case.rests(OfflineError("not up yet"), GOOD)
    assert case.greetings == 1
    case.rests(OfflineError("gone"), OfflineError("gone"), GOOD, GOOD)
    assert case.greetings == 3


def test_a_server_that_begins_to_recover_is_told_at_once_what_is_known_here(case: Case) -> None:
    recovering = GOOD.model_copy(update={"recovering": True})
    case.rests(GOOD, recovering, recovering)
    assert case.greetings == 1
    assert not case.breaker.is_closed
    case.rests(GOOD)
    assert case.breaker.is_closed


def test_an_older_server_is_no_trouble_and_asked_again_in_a_minute(case: Case) -> None:
    assert case.rests(NotKnownThereError("no such path")) == [60.0]
    assert case.greetings == 0
    assert case.rests(NotKnownThereError("no such path"), GOOD) == [60.0, 2.0]
    assert case.breaker.is_closed, "it was updated"


def test_a_server_that_answers_too_late_has_not_answered(store: Store) -> None:
    case = Case(store, Pace(heartbeat_within_s=0.0), tuple)
    assert case.rests(GOOD) == [0.75]
    assert not case.breaker.is_closed


def test_a_bug_of_ours_stops_no_heart(case: Case, expected_logs: Logs) -> None:
    expected_logs("sync_failed")
    assert case.rests(ZeroDivisionError(), GOOD)[1] == 2.0
    assert case.breaker.is_closed


def test_newer_files_are_told_of(case: Case) -> None:
    case.rests(GOOD, GOOD.model_copy(update={"snapshots": {"site": 9}}))
    assert case.versions == [{"site": 9}]


def test_the_message_says_how_the_kiosk_fares(case: Case, store: Store) -> None:
    case.rests(GOOD)
    (told,) = case.client.told
    assert told.head is not None
    assert (told.origin, told.head.incarnation) == (store.node.origin, store.node.incarnation)
    assert (told.head.sequence, told.server_epoch) == (1, 4)
    assert told.health is not None
    assert (told.health.backlog, told.health.alarms, told.health.printer) == (1, 1, "ready")
    assert told.health.details == ("Another machine writes as this kiosk.",)


def test_a_kiosk_whose_disk_failed_still_says_so(case: Case, store: Store, expected_logs: Logs) -> None:
    expected_logs("store_failed")

    def fail(_: Any) -> None:
        raise StoreDiskError("the disk failed")

    with pytest.raises(StoreDiskError):
        store.call(fail)
    case.rests(GOOD)
    (told,) = case.client.told
    assert told.head is None
    assert told.health is not None
    assert (told.health.details[0], told.health.disk_free_bytes) == ("the disk failed", None)


def test_a_listener_that_fails_stops_no_heart(case: Case, monkeypatch: pytest.MonkeyPatch, expected_logs: Logs) -> None:
    expected_logs("sync_failed")

    def fail(_: Mapping[str, int]) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(case.heart, "_listeners", Listeners(case._greet, fail))
    assert case.rests(GOOD.model_copy(update={"snapshots": {"site": 3}})) == [2.0]
    assert case.breaker.is_closed
