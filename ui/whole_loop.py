"""The whole loop without anybody: a ticket at the kiosk, called at a desk, shown and said on a board, its slip scanned,
served, completed. Real windows on a screen that does not exist, and a real server.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QTimer

from kiosk.board_config import BoardConfig, load_board_config
from kiosk.clock import SystemClock
from kiosk.desk.config import load_desk_config
from kiosk.desk.machine import open_counter_machine
from kiosk.desk.state import CounterMachine, DeskState, Link
from kiosk.domain.announcement import Announcement
from kiosk.domain.scan import ScanVerdict
from kiosk.errors import KioskError
from kiosk.sync.desk_wire import CounterState, DeskVerb, VisitView
from ui.board.app import BoardApplication
from ui.counter_and_board import Officer, board_settings, desk_settings, make_officer
from ui.demo import USUAL_SERVICES, DemoOptions, Outcome, make_visit, sentence
from ui.desk.app import DeskApplication
from ui.desk.desk_window import SIZE
from ui.driver import VisitorDriver
from ui.local_server import LocalServer

_WITHIN_S: Final = 30.0
_SCREEN: Final = (1920, 1080)


class LoopError(KioskError):
    """The loop was broken somewhere; the sentence says where."""


@dataclass
class WrittenSpeech:
    """A voice that writes down what it is to say."""

    said: list[str] = field(default_factory=list)

    def ring(self, on_done: Callable[[], None]) -> None:
        QTimer.singleShot(0, on_done)

    def say(self, words: Announcement, on_done: Callable[[], None]) -> None:
        self.said.append(words.text)
        QTimer.singleShot(0, on_done)


def make_whole_loop(data: Path) -> str:
    """One sentence about all of it; pictures of kiosk, desk and board lie in `data`/screens.

    Raises KioskError, TimeoutError where it was broken.
    """
    with LocalServer(data / "server", data / "site.json") as server:
        outcome = make_visit(DemoOptions(out=data, data=data, server_url=server.url))
        if not outcome.is_good:
            raise LoopError(sentence(outcome, data))
        file = desk_settings(data, server.url, USUAL_SERVICES[0])
        officer = make_officer(data / "server")
        board_config = load_board_config(board_settings(data, server.url, _SCREEN))
        with _desk(file) as (desk, machine), _board(board_config) as (board, speech):
            return _Loop(data / "screens", outcome, desk, machine, board, speech).go(officer)


@contextmanager
def _desk(file: Path) -> Iterator[tuple[DeskApplication, CounterMachine]]:
    config = load_desk_config(file)
    machine = open_counter_machine(config)
    desk = DeskApplication(config, machine, SystemClock())
    try:
        desk.show()
        desk.window.resize(SIZE)  # a screen that does not exist is a small one
        yield desk, machine
    finally:
        desk.close()


@contextmanager
def _board(config: BoardConfig) -> Iterator[tuple[BoardApplication, WrittenSpeech]]:
    speech = WrittenSpeech()
    with ExitStack() as stack:
        board = BoardApplication(config, SystemClock(), speech)
        stack.callback(board.close)
        board.show()
        yield board, speech


class _Loop:
    def __init__(  # noqa: PLR0913, PLR0917  # whoever takes part
        self,
        album: Path,
        outcome: Outcome,
        desk: DeskApplication,
        machine: CounterMachine,
        board: BoardApplication,
        speech: WrittenSpeech,
    ) -> None:
        self._album = album
        self._label: str = outcome.summary["label"]
        self._token: str = outcome.summary["token"]
        self._machine = machine
        self._board = board
        self._speech = speech
        self._at_desk = VisitorDriver(desk.window, timeout_s=_WITHIN_S)
        self._at_board = VisitorDriver(board.window, timeout_s=_WITHIN_S)
        self._counter = desk.config.counter or 1

    def go(self, officer: Officer) -> str:
        self._sign_in(officer)
        self._call()
        self._hear()
        self._serve()
        said = self._speech.said[0]
        return (
            f"Ticket {self._label} was called to counter {self._counter}, shown and said on the board ({said!r}),"
            f" scanned, served and completed. Pictures: {self._album}"
        )

    def _sign_in(self, officer: Officer) -> None:
        self._until(lambda state: state.link is Link.LIVE, "the desk's server")
        self._machine.sign_in(officer.staff, officer.pin, self._counter)
        self._until(lambda state: state.person is not None and state.view is not None, "the officer's sign-in")
        self._machine.set_counter(self._counter, CounterState.OPEN)

        def is_open(state: DeskState) -> bool:
            counter = None if state.view is None else state.view.counter
            return counter is not None and counter.state is CounterState.OPEN

        self._until(is_open, "the open counter")

    def _call(self) -> None:
        """As the next one; out of turn where a folder that was used before has others who wait."""

        def mine(state: DeskState) -> Any:
            rows = () if state.view is None else state.view.line
            return next((row for row in rows if row.label == self._label), None)

        self._until(lambda state: mine(state) is not None, "the ticket in the line of the desk")
        view, row = self._machine.state.view, mine(self._machine.state)
        if view is not None and view.line[0].label == self._label:
            self._machine.act(DeskVerb.CALL_NEXT)
        else:
            self._machine.act(DeskVerb.CALL, ticket=row.ticket, position=row.position, confirmed=True)
        self._until(lambda _: self._visit() is not None, "the called visitor at the desk")
        self._at_desk.save(self._album / "50-desk-called.png")

    def _hear(self) -> None:
        def is_shown() -> bool:
            view = self._board.view_model.state.view
            return view is not None and self._label in {call.label for call in view.now}

        self._at_board.wait_until(is_shown, "the call on the board")
        self._at_board.wait_until(lambda: bool(self._speech.said), "the announcement")
        self._at_board.save(self._album / "51-board-called.png")

    def _serve(self) -> None:
        count = self._machine.state.scan_count
        self._machine.scan(self._token)
        self._until(lambda state: state.scan_count > count, "the verdict on the slip")
        scan = self._machine.state.scan
        if scan is None or scan.verdict is not ScanVerdict.STARTED:
            raise LoopError(f"The slip of {self._label} was not taken: {scan and scan.verdict}.")
        self._until(lambda _: self._visit() is not None, "the visit at the desk")
        self._at_desk.save(self._album / "52-desk-serving.png")
        self._machine.act(DeskVerb.COMPLETE)
        self._until(lambda _: self._visit() is None, "the completed visit")
        self._at_desk.save(self._album / "53-desk-done.png")

    def _visit(self) -> VisitView | None:
        view = self._machine.state.view
        visit = None if view is None else view.visit
        return visit if visit is not None and visit.label == self._label else None

    def _until(self, holds: Callable[[DeskState], bool], what: str) -> None:
        self._at_desk.wait_until(lambda: holds(self._machine.state), what)
