"""What a kiosk's question about a slip may come to, how long it may take, and that it brings nobody back twice."""

import asyncio
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Self, cast

import pytest

from kiosk.domain.visit_status import VisitVerdict
from kiosk.errors import FencedError, OfflineError, ServerBusyError
from kiosk.sync.breaker import Breaker
from kiosk.sync.client import Deadlines, SyncClient
from kiosk.sync.reply import NotKnownThereError
from kiosk.sync.visit_wire import VISIT_PATH, Look, VisitSeen
from kiosk.sync.visits import VisitQuestions
from tests.bad_network import Proxy, lose_answers, older, relay
from tests.paired_kiosk import SITE
from tests.served_hall import D, miss, served_hall, told

if TYPE_CHECKING:
    from collections.abc import Callable

GOOD = VisitSeen(verdict=VisitVerdict.FOUND, label="D-045")
NEVER_S = 60.0


class ScriptedClient:
    """`answers`: one after the other, the last for ever; None: it never comes."""

    def __init__(self, *answers: VisitSeen | Exception | None) -> None:
        self.answers = list(answers)
        self.asked: list[Look] = []
        self.was_cancelled = threading.Event()

    async def ask(self, path: str, message: Look, kind: type[VisitSeen]) -> VisitSeen:
        assert (path, kind) == (VISIT_PATH, VisitSeen)
        self.asked.append(message)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if answer is None:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                self.was_cancelled.set()
                raise
        if isinstance(answer, Exception):
            raise answer
        assert answer is not None
        return answer


class Asking:
    """A loop that runs as the engine's does. `client`: made on it."""

    def __init__(self, client: "Callable[[], SyncClient | ScriptedClient]", within_s: float = NEVER_S) -> None:
        self.breaker = Breaker()
        self.breaker.close(0)
        self.visits = VisitQuestions(self.breaker, within_s)
        self._make = client
        self._loop = asyncio.new_event_loop()
        self._is_up = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()
        self._is_up.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stopped.set)
            self._thread.join()

    def _run(self) -> None:
        async def serve() -> None:
            self._stopped = asyncio.Event()
            client = self._make()
            self.visits.attach(cast("SyncClient", client))
            self._is_up.set()
            await self._stopped.wait()
            if isinstance(client, SyncClient):
                await client.close()

        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(serve())


def test_the_answer_comes_to_a_question_with_a_name_of_its_own() -> None:
    client = ScriptedClient(GOOD)
    with Asking(lambda: client) as asking:
        assert [asking.visits.ask("K1.AAA"), asking.visits.ask("K1.AAA")] == [GOOD, GOOD]
    one, two = client.asked
    assert one.text == two.text == "K1.AAA"
    assert one.action != two.action  # two scans are two


def test_a_line_that_broke_is_tried_once_more_with_the_same_name() -> None:
    client = ScriptedClient(OfflineError("reset"), GOOD)
    with Asking(lambda: client) as asking:
        assert asking.visits.ask("K1.AAA") == GOOD
    one, two = client.asked
    assert one == two


@pytest.mark.parametrize(
    ("trouble", "tries"),
    [
        (OfflineError("gone"), 2),
        (ServerBusyError("busy"), 1),
        (FencedError("old"), 1),
        (NotKnownThereError("older"), 1),
    ],
)
def test_a_trouble_is_no_answer_and_takes_no_numbers_away(trouble: Exception, tries: int) -> None:
    client = ScriptedClient(trouble)
    with Asking(lambda: client) as asking:
        assert asking.visits.ask("K1.AAA") is None
        assert asking.breaker.is_closed
    assert len(client.asked) == tries


def test_a_question_that_takes_too_long_is_called_off() -> None:
    client = ScriptedClient(None)
    with Asking(lambda: client, 0.05) as asking:
        began = time.monotonic()
        assert asking.visits.ask("K1.AAA") is None
        assert time.monotonic() - began < NEVER_S / 10
        assert client.was_cancelled.wait(NEVER_S)


def test_nobody_is_asked_while_the_server_is_away_or_the_engine_is_not_there() -> None:
    client = ScriptedClient(GOOD)
    assert VisitQuestions(Breaker(), NEVER_S).ask("K1.AAA") is None
    with Asking(lambda: client) as asking:
        asking.breaker.open("no heartbeat")
        assert asking.visits.ask("K1.AAA") is None
        asking.breaker.close(asking.breaker.troubles)
    assert asking.visits.ask("K1.AAA") is None
    assert client.asked == []


def test_an_answer_that_was_lost_on_the_line_brings_nobody_back_twice(tmp_path: Path) -> None:
    with served_hall(tmp_path) as hall, Proxy(relay(hall.server.url)) as line:
        missed, _ = hall.issue(), hall.issue()
        desk = hall.desk(9)
        miss(desk)
        lost = threading.Event()

        def on_lost() -> None:
            lost.set()
            line.behaviour = relay(hall.server.url)

        line.behaviour = lose_answers(hall.server.url, VISIT_PATH, on_lost)
        long = Deadlines(NEVER_S, NEVER_S)
        with Asking(lambda: SyncClient(line.url, SITE, hall.kiosk, long)) as asking:
            answer = asking.visits.ask(hall.token(missed))
            assert lost.is_set()
            assert answer is not None
            assert (answer.verdict, answer.stops[0].service) == (VisitVerdict.RETURNED, D)
            assert [event.type for event in told(hall)].count("stop.returned") == 1
            assert desk.line() == ["D-002", "D-001"]
            line.cut()  # it rests until the next visitor comes; and then the server is an older one
            line.behaviour = older(hall.server.url, VISIT_PATH)
            assert asking.visits.ask(hall.token(missed)) is None
