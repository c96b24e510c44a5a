"""A desk's machine as a process: takes one command a line, as an officer's hand would, and says what came of it.

`python -m tests.e2e.desk_process DESK.TOML`
"""

import json
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from kiosk.clock import SystemClock
from kiosk.desk.config import load_desk_config
from kiosk.desk.machine import DeskMachine
from kiosk.desk.state import DeskState, Link
from kiosk.logs import configure_logging
from kiosk.sync.client import Deadlines
from kiosk.sync.desk_wire import CounterState, DeskVerb
from tests.desk_at_site import PACE

_PATIENCE_S = 30.0
_DEADLINES = Deadlines(connect_s=2.0, total_s=6.0)
"""A loaded machine is not a dead line."""


class Hand:
    def __init__(self, machine: DeskMachine) -> None:
        self._machine = machine
        self._changed = threading.Condition()
        machine.watch(self._note)

    def _note(self, state: DeskState) -> None:
        del state  # asked for again by whoever waits
        with self._changed:
            self._changed.notify_all()

    def wait_until(self, holds: Callable[[DeskState], bool]) -> bool:
        with self._changed:
            return self._changed.wait_for(lambda: holds(self._machine.state), _PATIENCE_S)

    def obey(self, word: str, asked: dict[str, Any]) -> dict[str, Any]:
        machine, before = self._machine, self._machine.state
        if word == "sign_in":
            machine.sign_in(asked["staff"], asked["pin"], asked["counter"])
            self.wait_until(lambda state: state.person is not None and state.view is not None)
        elif word == "counter":
            machine.set_counter(asked["counter"], CounterState(asked["state"]), tuple(asked["queues"]))
            self.wait_until(lambda state: state.answer_count > before.answer_count and not state.busy)
        elif word == "scan":
            machine.scan(asked["text"])
            self.wait_until(lambda state: state.scan_count > before.scan_count and not state.busy)
        elif word == "act":
            machine.act(DeskVerb(asked.pop("verb")), **asked)
            self.wait_until(lambda state: state.answer_count > before.answer_count and not state.busy)
        elif word == "until":
            link = Link(asked["link"])
            self.wait_until(lambda state: state.link is link)
        elif word == "until_sent":
            self.wait_until(lambda state: state.link is Link.LIVE and state.unsent == 0 and state.offline_visit is None)
        elif word == "until_ready":
            self.wait_until(lambda state: state.can_judge and state.unsent == 0)
        return _told(machine.state)


def _told(state: DeskState) -> dict[str, Any]:
    is_alone = state.link is Link.CUT_OFF or state.offline_visit is not None  # as the window decides it
    visit = state.offline_visit if is_alone else state.view.visit if state.view is not None else None
    stop = None if visit is None else next(each for each in visit.stops if each.position == visit.position)
    return {
        "link": state.link,
        "refusal": None if state.answer is None else state.answer.refusal,
        "verdict": None if state.scan is None else state.scan.verdict,
        "label": None if visit is None else visit.label,
        "ticket": None if visit is None else visit.ticket,
        "position": None if visit is None else visit.position,
        "state": None if stop is None else stop.state,
        "line": 0 if state.view is None else state.view.line_total,
        "parked": [] if state.view is None else [[row.ticket, row.position] for row in state.view.parked],
        "unsent": state.unsent,
        "counter": None if state.view is None or state.view.counter is None else state.view.counter.state,
        "trouble": state.trouble,
    }


def say(facts: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(facts) + "\n")
    sys.stdout.flush()


def main() -> None:
    configure_logging(None)  # only answers on standard output
    machine = DeskMachine(load_desk_config(Path(sys.argv[1])), SystemClock(), replace(PACE, deeds=_DEADLINES))
    machine.start()
    hand = Hand(machine)
    say(_told(machine.state))
    for line in sys.stdin:
        asked = json.loads(line)
        say(hand.obey(asked.pop("word"), asked))
    machine.close()


if __name__ == "__main__":
    main()
