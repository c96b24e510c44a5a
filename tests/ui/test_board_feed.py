"""A board's feed and its whole window against a real site server over HTTP."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication

from kiosk.board_config import BoardConfig, BoardScreenConfig, BoardSyncConfig, BoardVoiceConfig
from kiosk.board_feed import BoardFeed, BoardLink, BoardState
from kiosk.domain.announcement import Announcement
from kiosk.domain.stop_life import Verb
from server.run import Server
from tests.called_hall import CalledHall
from tests.conftest import Logs
from tests.paired_kiosk import pair, site_server
from ui.board.app import BoardApplication
from ui.driver import VisitorDriver
from ui.qt_application import qt_application

PATIENCE_S = 15


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    pair(tmp_path / "kiosk", tmp_path / "server")
    with site_server(tmp_path / "server") as server:
        yield server


class Listener:
    def __init__(self) -> None:
        self.states: list[BoardState] = []
        self._news = threading.Condition()

    def __call__(self, state: BoardState) -> None:
        with self._news:
            self.states.append(state)
            self._news.notify_all()

    def wait_until(self, holds: Callable[[BoardState], bool]) -> BoardState:
        with self._news:
            found = self._news.wait_for(lambda: bool(self.states) and holds(self.states[-1]), PATIENCE_S)
            assert found, self.states[-3:]
            return self.states[-1]


@pytest.fixture
def feed(server: Server) -> Iterator[Listener]:
    heard = Listener()
    feed = BoardFeed(BoardSyncConfig(server=server.url), None, heard, chance=lambda: 0.0)
    feed.start()
    yield heard
    feed.stop()


def labels(state: BoardState) -> list[str]:
    return [] if state.view is None else [call.label for call in state.view.now]


def test_a_call_is_heard_as_it_happens(server: Server, feed: Listener) -> None:
    hall = CalledHall(server.node)
    feed.wait_until(lambda state: state.link is BoardLink.LIVE)
    ticket, label = hall.issue()
    hall.do(Verb.CALL, ticket, 1)
    feed.wait_until(lambda state: labels(state) == [label])
    hall.do(Verb.START, ticket, 1)
    state = feed.wait_until(lambda state: labels(state) == [])
    assert state.view is not None
    assert [call.label for call in state.view.last] == [label]


def test_a_server_that_goes_and_comes_back(tmp_path: Path, server: Server, feed: Listener) -> None:
    hall = CalledHall(server.node)
    ticket, label = hall.issue()
    hall.do(Verb.CALL, ticket, 1)
    before = feed.wait_until(lambda state: labels(state) == [label])
    port = int(server.url.rpartition(":")[2])
    server.stop()
    lost = feed.wait_until(lambda state: state.link is BoardLink.LOST and "restarted" not in state.trouble)
    assert labels(lost) == labels(before)  # the last good data, with their age
    assert lost.heard_at >= before.heard_at
    assert "cannot be reached" in lost.trouble
    with site_server(tmp_path / "server", listen=f"127.0.0.1:{port}"):
        feed.wait_until(lambda state: state.link is BoardLink.LIVE)


def test_a_zone_that_the_hall_has_not_is_told_to_the_technician(server: Server) -> None:
    heard = Listener()
    feed = BoardFeed(BoardSyncConfig(server=server.url), "no such zone", heard)
    feed.start()
    try:
        state = heard.wait_until(lambda state: state.trouble != "")
        assert "see zone and sync.site in board.toml" in state.trouble
        assert state.link is BoardLink.CONNECTING
    finally:
        feed.stop()


def test_stopping_ends_the_thread_at_once_whatever_it_waits_for(server: Server) -> None:
    feed = BoardFeed(BoardSyncConfig(server=server.url), None, lambda _: None)
    feed.start()
    feed.stop()
    assert not any(thread.name == "board-feed" and thread.is_alive() for thread in threading.enumerate())


class InstantSpeech:
    def __init__(self) -> None:
        self.said: list[str] = []

    def ring(self, on_done: Callable[[], None]) -> None:
        self.said.append("bell")
        on_done()

    def say(self, words: Announcement, on_done: Callable[[], None]) -> None:
        self.said.append(words.text)
        on_done()


def test_called_at_the_server_seen_and_heard_in_the_hall(server: Server, qapp: QGuiApplication, tmp_path: Path) -> None:
    assert qt_application() is qapp
    hall = CalledHall(server.node)
    speech = InstantSpeech()
    board = BoardApplication(
        BoardConfig(
            data_dir=tmp_path / "board",
            sync=BoardSyncConfig(server=server.url),
            screen=BoardScreenConfig(full_screen=False, animations=False),
            voice=BoardVoiceConfig(),
        ),
        speech=speech,
    )
    try:
        board.show()
        driver = VisitorDriver(board.window)
        driver.wait_until(lambda: board.view_model.state.link is BoardLink.LIVE, "the server")
        ticket, label = hall.issue()
        hall.do(Verb.CALL, ticket, 1)
        driver.wait_until(lambda: label in driver.texts(), "the call")
        driver.wait_until(lambda: len(speech.said) == 3, "its announcement")
        assert speech.said[0] == "bell"
        assert speech.said[1] == speech.said[2] != "bell"
        assert "silakan menuju loket satu" in speech.said[1]
        hall.do(Verb.RECALL, ticket, 1)
        driver.wait_until(lambda: len(speech.said) == 6, "the recall")
    finally:
        board.close()
    assert board.qml_warnings == []


def test_a_technician_reads_why_a_board_never_came_up(
    server: Server, qapp: QGuiApplication, tmp_path: Path, expected_logs: Logs, capsys: pytest.CaptureFixture[str]
) -> None:
    assert qt_application() is qapp
    expected_logs("board_cut_off")
    CalledHall(server.node)
    board = BoardApplication(
        BoardConfig(
            zone="9X",
            data_dir=tmp_path / "board",
            sync=BoardSyncConfig(server=server.url),
            screen=BoardScreenConfig(full_screen=False, animations=False),
        ),
        speech=InstantSpeech(),
    )
    try:
        board.show()
        driver = VisitorDriver(board.window)
        driver.wait_until(lambda: any("see zone and sync.site" in text for text in driver.texts()), "the sentence")
    finally:
        board.close()
    assert "see zone and sync.site in board.toml" in capsys.readouterr().err
