from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from kiosk.domain.events import KIOSK_STATUS, Event, decode
from kiosk.domain.printer_facts import PrinterFacts
from kiosk.errors import StoreFullError
from kiosk.printer_log import LONGEST_QUIET_S, QUIET_S, PrinterLog
from kiosk.store.log import heads, read_after
from tests.conftest import Logs
from tests.small_hall import Machine, running_kiosk

READY = PrinterFacts("ready", None, "first", "fence", 900)


class Bench(NamedTuple):
    machine: Machine
    log: PrinterLog
    timers: list[tuple[float, Callable[[], None]]]

    def pass_time(self, seconds: float) -> None:
        self.machine.clock.advance(timedelta(seconds=seconds))
        due = [timer for timer in self.timers if timer[0] <= self.machine.clock.monotonic()]
        for timer in due:
            self.timers.remove(timer)
            timer[1]()

    def told(self) -> list[Mapping[str, Any]]:
        def read(db: Any) -> list[bytes]:
            return [each.raw for head in heads(db) for each in read_after(db, head.incarnation, 0)]

        events = [decode(raw) for raw in self.machine.store.call(read)]
        return [event.body for event in events if isinstance(event, Event) and event.type == KIOSK_STATUS]

    def words(self) -> list[tuple[str, int | None]]:
        return [(body["printer"], body["slips_left"]) for body in self.told()]


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    timers: list[tuple[float, Callable[[], None]]] = []
    with running_kiosk(tmp_path) as machine:

        def later(wait_s: float, call: Callable[[], None]) -> None:
            timers.append((machine.clock.monotonic() + wait_s, call))

        yield Bench(machine, PrinterLog(machine.store, machine.clock, later), timers)


def test_the_start_is_told_and_then_only_what_changes(bench: Bench) -> None:
    for facts in (READY, READY, replace(READY, slips_left=880)):
        bench.log.note(facts)
        bench.pass_time(QUIET_S)
    assert bench.told() == [
        {
            "printer": "ready",
            "fallback": None,
            "in_use": "first",
            "confirmation": "fence",
            "slips_left": 900,
            "paper_low": False,
        }
    ]


@pytest.mark.parametrize(
    "change",
    [
        {"printer": "no_paper"},
        {"fallback": "ready"},
        {"in_use": "second"},
        {"confirmation": "none"},
        {"is_paper_low": True},
        {"slips_left": None},
        {"slips_left": 499},
    ],
    ids=str,
)
def test_every_fact_that_changes_is_told(bench: Bench, change: Any) -> None:
    for facts in (READY, replace(READY, **change)):
        bench.log.note(facts)
        bench.pass_time(QUIET_S)
    assert len(bench.told()) == 2


def test_a_roll_that_runs_out_is_told_at_each_threshold_and_a_new_one_at_once(bench: Bench) -> None:
    for left in [*range(900, 0, -1), *range(5, 0, -1), 7, 4, 850, 860, 840]:
        bench.log.note(replace(READY, slips_left=left))
        bench.pass_time(QUIET_S)
    assert [left for _, left in bench.words()] == [900, 499, 199, 99, 49, 19, 850]


def test_a_cover_that_flaps_is_no_storm_and_the_latest_word_wins(bench: Bench) -> None:
    bench.log.note(READY)
    for word in ("cover_open", "ready", "cover_open", "no_paper"):
        bench.pass_time(1.0)
        bench.log.note(replace(READY, printer=word))
        assert len(bench.timers) <= 1
    bench.pass_time(QUIET_S)
    assert bench.words() == [("ready", 900), ("no_paper", 900)]
    bench.log.note(READY)
    bench.log.note(replace(READY, printer="no_paper"))
    bench.pass_time(QUIET_S)
    assert bench.words() == [("ready", 900), ("no_paper", 900)], "what is as it was told is not told again"


def test_a_cable_that_is_loose_all_day_does_not_fill_the_log(bench: Bench) -> None:
    for second in range(0, 8 * 3600, 5):
        bench.log.note(replace(READY, printer=("ready", "unreachable")[second // 5 % 2]))
        bench.pass_time(5.0)
    assert 40 < len(bench.told()) < 60
    bench.pass_time(LONGEST_QUIET_S)
    bench.pass_time(2 * LONGEST_QUIET_S)
    for word in ("no_paper", "cover_open"):
        bench.log.note(replace(READY, printer=word))
        bench.pass_time(QUIET_S)
    assert [word for word, _ in bench.words()[-2:]] == ["no_paper", "cover_open"], "what was calm is told at once again"


def test_what_was_not_written_is_told_again(bench: Bench, expected_logs: Logs, monkeypatch: pytest.MonkeyPatch) -> None:
    expected_logs("printer_status_not_stored")
    tries = 0

    def full(*_: object) -> None:
        nonlocal tries
        tries += 1
        raise StoreFullError("The disk is full.")

    with monkeypatch.context() as patch:
        patch.setattr("kiosk.printer_log.append", full)
        for _ in range(5):
            bench.log.note(READY)
            assert bench.told() == []
        assert tries == 1, "not with every look at the printer"
        bench.pass_time(QUIET_S)
        assert bench.told() == []
        assert tries == 2
    assert expected_logs.seen.count("printer_status_not_stored") == 1, "said once"
    bench.log.note(READY)
    bench.pass_time(QUIET_S)
    assert bench.words() == [("ready", 900)]


def test_a_closed_store_is_no_trouble(tmp_path: Path) -> None:
    with running_kiosk(tmp_path) as machine:
        log = PrinterLog(machine.store, machine.clock)
    log.note(READY)
