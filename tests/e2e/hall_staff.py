"""Who works in a hall's day: two officers at the processes of their desks, a board's process, who is in the room."""

import itertools
import json
import os
import random
import subprocess
import sys
import threading
import traceback
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, Self

from kiosk.desk.state import Link
from kiosk.domain.scan import ScanVerdict
from kiosk.domain.visit_status import VisitVerdict
from kiosk.paths import resource_path
from kiosk.sync.desk_wire import CounterState, DeskVerb, Refusal
from tests.paired_desk import PIN
from tests.real_processes import Said

SEED: Final = int(os.environ.get("GILIRAN_SEED", "5"))
TIMES_SAID: Final = 2
PATIENCE_S: Final = 60.0


class Talking:
    """A process that answers lines with lines."""

    def __init__(self, module: str, *words: str, errors: Path) -> None:
        self._log = errors.open("wb")
        self.errors = errors
        command = [sys.executable, "-m", module, *words]
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
            cwd=resource_path(""),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        try:
            assert self.process.wait(30) == 0, self.errors.read_text()
        finally:
            self.process.kill()
            self._log.close()
            if self.process.stdout is not None:
                self.process.stdout.close()

    def heard(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, self.errors.read_text()
        return dict(json.loads(line))

    def ask(self, word: str, **facts: Any) -> dict[str, Any]:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps({"word": word, **facts}) + "\n")
        self.process.stdin.flush()
        return self.heard()


class Board:
    """What the board showed and said, by call."""

    def __init__(self, talking: Talking) -> None:
        self._talking = talking
        self.shown: Counter[str] = Counter()
        self.said: Counter[str] = Counter()
        self._label: dict[str, str] = {}
        self._changed = threading.Condition()
        assert talking.heard() == {"ready": True}
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def times(self, label: str) -> int:
        """So many calls of this label were shown and said to the end."""
        with self._changed:
            return self._times(label)

    def wait_for(self, label: str, times: int) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: self._times(label) >= times, PATIENCE_S), label

    def _times(self, label: str) -> int:
        return sum(1 for call, its in self._label.items() if its == label and self.said[call] >= TIMES_SAID)

    def _read(self) -> None:
        assert self._talking.process.stdout is not None
        for line in self._talking.process.stdout:
            told = json.loads(line)
            with self._changed:
                if "shown" in told:
                    self.shown[told["shown"]] += 1
                    self._label[told["shown"]] = told["label"]
                if "said" in told:
                    self.said[told["said"]] += 1
                self._changed.notify_all()


class Room:
    """Who is in the hall, shared by the officers' threads. `untouched`: came while the line was dead, and the first to
    be served without it. `offline_each`: how many of them an officer serves then. `look`: the kiosk's scanner.
    """

    def __init__(self, offline_each: int, look: Callable[[str], dict[str, Any]]) -> None:
        self.offline_each = offline_each
        self.look = look
        self.comes_by_kiosk = itertools.cycle((True, False))
        self.lock = threading.Condition()
        self.tickets: dict[str, Said] = {}
        self.missed: list[Said] = []
        self.untouched: list[Said] = []
        self.all_came = threading.Event()
        self.line_is_cut = threading.Event()
        self.calls: Counter[str] = Counter()
        self.idle = threading.Barrier(3)
        self._ahead = 0

    def come(self, tickets: list[Said]) -> None:
        with self.lock:
            self.tickets |= {ticket.label: ticket for ticket in tickets}
            self._ahead += sum(len(ticket.services) for ticket in tickets)

    def leave(self) -> None:
        """One more has been at a counter, or was given up."""
        with self.lock:
            self._ahead -= 1
            self.lock.notify_all()

    def wait_for_room(self, most: int) -> None:
        """Until not more than so many wait."""
        with self.lock:
            assert self.lock.wait_for(lambda: self._ahead <= most or self.idle.broken, 2 * PATIENCE_S), (
                "they stand still"
            )
        if self.idle.broken:
            raise threading.BrokenBarrierError


class Officer(threading.Thread):
    """Calls, serves, makes breaks; whatever goes wrong is kept for the test."""

    def __init__(  # noqa: PLR0917  # who takes part
        self, desk: Talking, number: int, staff: str, queues: list[str], room: Room, board: Board
    ) -> None:
        super().__init__(name=staff)
        self._desk, self._number, self._staff, self._queues = desk, number, staff, queues
        self._room, self._board = room, board
        self._chance = random.Random(f"{SEED} {staff}")  # noqa: S311
        self._parked: list[list[Any]] = []
        self.failure: str | None = None
        self.did: Counter[str] = Counter()
        self.verdicts: Counter[str] = Counter()

    def run(self) -> None:
        try:
            self._work()
        except BaseException as error:  # noqa: BLE001  # told by the test's own thread
            self.failure = "".join(traceback.format_exception(error))
            self._room.idle.abort()
            with self._room.lock:
                self._room.lock.notify_all()

    def act(self, verb: DeskVerb, **facts: Any) -> dict[str, Any]:
        self.did[verb] += 1
        return self._desk.ask("act", verb=verb, **facts)

    def counter(self, state: CounterState) -> None:
        told = self._desk.ask("counter", counter=self._number, state=state, queues=self._queues)
        assert told["counter"] == state, told

    def _work(self) -> None:
        assert self._desk.heard()
        self._desk.ask("until", link=Link.LIVE)
        told = self._desk.ask("sign_in", staff=self._staff, pin=PIN, counter=self._number)
        assert told["link"] == Link.LIVE, told
        self.counter(CounterState.OPEN)
        never = threading.Event()
        quiet = 0
        has_been_cut = False
        while quiet < 3:
            if self._room.line_is_cut.is_set() and not has_been_cut:
                self._serve_cut_off()
                has_been_cut = True
            self._look_after_others()
            told = self.act(DeskVerb.CALL_NEXT)
            if told["refusal"] is None:
                quiet = 0
                self._serve(told)
                continue
            assert told["refusal"] == Refusal.NOBODY_WAITS, told
            is_over = self._room.all_came.is_set() and has_been_cut and not self._parked and not self._room.missed
            quiet = quiet + 1 if is_over else 0
            never.wait(0.1)

    def _serve(self, told: dict[str, Any]) -> None:
        label, ticket = told["label"], self._room.tickets[told["label"]]
        self._room.leave()
        self._board.wait_for(label, self._seen(label))
        fate = self._chance.random()
        if fate < 0.08:
            self._miss(label, ticket)
            return
        if fate < 0.7:
            told = self._desk.ask("scan", text=ticket.token)
            assert told["verdict"] == ScanVerdict.STARTED, told
        else:
            told = self.act(DeskVerb.START)
        assert told["state"] == "serving", told
        if fate > 0.95:
            self._parked.append([told["ticket"], told["position"]])
            told = self.act(DeskVerb.PARK)
        elif fate > 0.88:
            other = self._chance.choice(list(self._room.tickets.values())).services[0]
            told = self.act(DeskVerb.TRANSFER, service=other, comes_back=self._chance.random() < 0.5)
            if told["refusal"] is not None:
                told = self.act(DeskVerb.COMPLETE)
        else:
            told = self.act(DeskVerb.COMPLETE)
        assert (told["refusal"], told["label"]) == (None, None), told
        if self._chance.random() < 0.03:
            self.did["break"] += 1
            self.counter(CounterState.PAUSED)
            self.counter(CounterState.OPEN)

    def _seen(self, label: str) -> int:
        """How often this label was called so far, this time too."""
        with self._room.lock:
            self._room.calls[label] += 1
            return self._room.calls[label]

    def _miss(self, label: str, ticket: Said) -> None:
        for _ in range(2):
            told = self.act(DeskVerb.RECALL)
            assert told["refusal"] is None, told
            self._board.wait_for(label, self._seen(label))
        told = self.act(DeskVerb.NO_SHOW)
        assert told["refusal"] is None, told
        if self._chance.random() < 0.5:
            with self._room.lock:
                self._room.missed.append(ticket)

    def _look_after_others(self) -> None:
        """Who was missed comes back; who was parked is called on."""
        with self._room.lock:
            late = self._room.missed.pop() if self._room.missed else None
            by_kiosk = late is not None and next(self._room.comes_by_kiosk)
        if late is not None and by_kiosk:
            self._come_back_by_kiosk(late)
        elif late is not None:
            told = self._desk.ask("scan", text=late.token)
            self.verdicts[told["verdict"]] += 1
            if told["state"] == "serving":
                self._room.leave()
                told = self.act(DeskVerb.COMPLETE)
                assert told["refusal"] is None, told
        if self._parked and self._chance.random() < 0.5:
            ticket, position = self._parked.pop()
            told = self.act(DeskVerb.UNPARK, ticket=ticket, position=position)
            # Who was parked and missed elsewhere may have been served first when he came back.
            assert told["refusal"] is None or [ticket, position] not in told["parked"], told

    def _come_back_by_kiosk(self, late: Said) -> None:
        told = self._room.look(late.token)
        assert told["label"] == late.label, told
        self.did[f"kiosk_{told['verdict']}"] += 1
        if told["verdict"] == VisitVerdict.FROM_PAPER:  # it does not hear the server yet, or not in time
            with self._room.lock:
                self._room.missed.append(late)

    def _serve_cut_off(self) -> None:
        """The line breaks while the one officer serves a visitor and the other has just called one."""
        told = self.act(DeskVerb.CALL_NEXT)
        assert told["refusal"] is None, told
        self._room.leave()
        self._board.wait_for(told["label"], self._seen(told["label"]))
        is_serving = self._number % 2 == 0
        if is_serving:
            told = self.act(DeskVerb.START)
            assert told["state"] == "serving", told
        here = told["label"]
        self._room.idle.wait(PATIENCE_S)  # now the line is cut
        assert self._desk.ask("until", link=Link.CUT_OFF)["link"] == Link.CUT_OFF
        self._room.idle.wait(PATIENCE_S)  # and visitors have come of whom the server does not know
        if not is_serving:
            told = self._desk.ask("scan", text=self._room.tickets[here].token)
            assert told["verdict"] == ScanVerdict.STARTED_OFFLINE, told
        told = self.act(DeskVerb.COMPLETE)
        assert (told["refusal"], told["label"]) == (None, None), told
        for turn in range(self._room.offline_each):
            with self._room.lock:
                # The first one goes to both: neither desk can know of the other.
                ticket = self._room.untouched[-1] if turn == 0 else self._room.untouched.pop(0)
            told = self._desk.ask("scan", text=ticket.token)
            assert told["verdict"] == ScanVerdict.STARTED_OFFLINE, told
            self._room.leave()
            self.verdicts[told["verdict"]] += 1
            told = self.act(DeskVerb.COMPLETE)
            assert (told["refusal"], told["label"]) == (None, None), told
        self._room.idle.wait(PATIENCE_S)
        told = self._desk.ask("until_sent")
        assert (told["link"], told["unsent"]) == (Link.LIVE, 0), told
