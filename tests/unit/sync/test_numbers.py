"""What a visitor's question to the server may come to, and how long it may take."""

import asyncio
import threading
import time
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, cast

import pytest

from kiosk.domain.numbering import ReservedNumber
from kiosk.domain.ticket import TicketId
from kiosk.errors import FencedError, OfflineError, ServerBusyError
from kiosk.sync.breaker import Breaker
from kiosk.sync.fence import EpochFence
from kiosk.sync.numbers import SharedNumbers
from kiosk.sync.reply import NotKnownThereError
from kiosk.sync.wire import Reserve, Reserved
from tests.conftest import Logs

if TYPE_CHECKING:
    from kiosk.sync.client import SyncClient

TICKET = TicketId("0123456789abcdef")
MONDAY = date(2026, 11, 23)
GOOD = Reserved(ticket=TICKET, queue="D", number=45, service_day=MONDAY, server_epoch=1)
NEVER_S = 60.0


class ScriptedClient:
    """`answer` None: it never comes."""

    def __init__(self) -> None:
        self.answer: Reserved | Exception | None = GOOD
        self.asked: list[Reserve] = []
        self.was_cancelled = threading.Event()

    async def reserve(self, message: Reserve) -> Reserved:
        self.asked.append(message)
        if self.answer is None:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                self.was_cancelled.set()
                raise
        if isinstance(self.answer, Exception):
            raise self.answer
        assert self.answer is not None
        return self.answer


class Case:
    def __init__(self, within_s: float) -> None:
        self.client = ScriptedClient()
        self.breaker = Breaker()
        self.numbers = SharedNumbers(self.breaker, EpochFence(4), within_s)
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run)
        self._is_up = threading.Event()
        self._thread.start()
        self._is_up.wait()
        self.breaker.close(0)

    def reserve(self) -> ReservedNumber | None:
        return self.numbers.reserve(TICKET, "D", MONDAY, 44)

    def stop(self) -> None:
        if self._thread.is_alive():
            self.loop.call_soon_threadsafe(self._stopped.set)
            self._thread.join()

    def _run(self) -> None:
        async def serve() -> None:
            self._stopped = asyncio.Event()
            self.numbers.attach(cast("SyncClient", self.client))
            self._is_up.set()
            await self._stopped.wait()

        with asyncio.Runner(loop_factory=lambda: self.loop) as runner:
            runner.run(serve())


@pytest.fixture
def within_s() -> float:
    return NEVER_S


@pytest.fixture
def case(within_s: float) -> Iterator[Case]:
    case = Case(within_s)
    yield case
    case.stop()


def test_a_reserved_number_comes_with_its_day(case: Case) -> None:
    assert case.reserve() == ReservedNumber("D", 45, MONDAY)
    assert case.client.asked == [Reserve(ticket=TICKET, queue="D", service_day=MONDAY, given=44, server_epoch=4)]
    assert case.breaker.is_closed


@pytest.mark.parametrize("trouble", [OfflineError("gone"), ServerBusyError("recovering"), FencedError("old")])
def test_after_a_trouble_nobody_is_asked_until_a_good_sign(case: Case, trouble: Exception) -> None:
    case.client.answer = trouble
    assert [case.reserve(), case.reserve()] == [None, None]
    assert len(case.client.asked) == 1
    case.client.answer = GOOD
    case.breaker.close(case.breaker.troubles)
    assert case.reserve() is not None


@pytest.mark.parametrize("within_s", [0.05])
def test_a_question_that_takes_too_long_is_called_off_whatever_its_client_does(case: Case) -> None:
    case.client.answer = None
    began = time.monotonic()
    assert case.reserve() is None
    assert time.monotonic() - began < NEVER_S / 10
    assert case.client.was_cancelled.wait(NEVER_S)
    assert case.breaker.reason == "The server did not reserve a number in time."


@pytest.mark.parametrize("strange", [{"ticket": "f" * 16}, {"queue": "P"}])
def test_a_number_for_another_ticket_is_none(case: Case, strange: dict[str, str]) -> None:
    case.client.answer = GOOD.model_copy(update=strange)
    assert case.reserve() is None
    assert "another ticket" in case.breaker.reason


def test_a_server_without_numbers_is_asked_once(case: Case) -> None:
    case.client.answer = NotKnownThereError("no such path")
    assert case.reserve() is None
    case.breaker.close(case.breaker.troubles)
    assert (case.reserve(), len(case.client.asked)) == (None, 1)


def test_a_bug_of_ours_keeps_no_number_from_a_visitor(case: Case, expected_logs: Logs) -> None:
    expected_logs("sync_failed")
    case.client.answer = ZeroDivisionError()
    assert case.reserve() is None
    assert not case.breaker.is_closed


def test_a_visitor_in_the_middle_of_a_question_is_let_go_when_the_engine_stops(case: Case) -> None:
    case.client.answer = None
    answers: list[ReservedNumber | None] = []
    visitor = threading.Thread(target=lambda: answers.append(case.reserve()))
    visitor.start()
    while not case.client.asked:
        threading.Event().wait(0.01)
    case.stop()
    visitor.join(NEVER_S / 2)
    assert answers == [None]


def test_after_the_engine_stopped_nobody_is_asked(case: Case) -> None:
    case.stop()
    assert case.reserve() is None
    assert case.client.asked == []


def test_before_the_engine_is_up_nobody_is_asked() -> None:
    breaker = Breaker()
    breaker.close(0)
    assert SharedNumbers(breaker, EpochFence(), NEVER_S).reserve(TICKET, "D", None, 0) is None
