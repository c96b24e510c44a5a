"""Work off the UI thread, results on it."""

import threading

import pytest
from pytestqt.qtbot import QtBot

from kiosk.errors import OfflineError
from ui.background import Background


def test_work_runs_elsewhere_and_its_result_comes_back_here(qtbot: QtBot) -> None:
    background = Background("test")
    threads: list[threading.Thread] = []
    results: list[object] = []

    def deliver(result: object) -> None:
        threads.append(threading.current_thread())
        results.append(result)

    def work() -> int:
        threads.append(threading.current_thread())
        return 42

    background.run(work, deliver)
    qtbot.waitUntil(lambda: bool(results), timeout=5000)
    background.stop()
    worker, here = threads
    assert results == [42]
    assert here is threading.main_thread()
    assert worker is not here


def test_trouble_around_us_is_a_result(qtbot: QtBot) -> None:
    background = Background("test")
    results: list[object] = []

    def work() -> None:
        raise OfflineError("no answer")

    background.run(work, results.append)
    qtbot.waitUntil(lambda: bool(results), timeout=5000)
    background.stop()
    assert isinstance(results[0], OfflineError)


def test_a_bug_rises_on_the_ui_thread(qtbot: QtBot) -> None:
    background = Background("test")

    def work() -> None:
        raise ZeroDivisionError

    with qtbot.captureExceptions() as exceptions:
        background.run(work, lambda _: pytest.fail("a bug is no result"))
        qtbot.waitUntil(lambda: bool(exceptions), timeout=5000)
    background.stop()
    assert exceptions[0][0] is ZeroDivisionError


def test_what_is_queued_is_done_before_it_stops_and_told_to_nobody() -> None:
    background = Background("test")
    done: list[int] = []
    told: list[object] = []
    for number in range(20):
        background.run(lambda number=number: done.append(number), told.append)  # type: ignore[misc]
    background.stop(lambda: done.append(-1))
    assert done == [*range(20), -1]
    assert told == []
