"""The real window of a board, fed by hand: what people see, how large, and how often it flashes."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from time import monotonic

import pytest
from PySide6.QtCore import QCoreApplication, QEventLoop, QPointF, QTimer
from PySide6.QtGui import QFont, QFontMetricsF, QGuiApplication
from PySide6.QtQuick import QQuickItem

from kiosk.board_config import BoardConfig, BoardDirectionsConfig, BoardLanguages, BoardScreenConfig
from kiosk.board_feed import BoardLink, BoardState
from kiosk.clock import FakeClock
from kiosk.domain.announcement import Announcement
from kiosk.sync.desk_wire import BoardView
from tests.hall_of_calls import MORNING, board_view, call
from ui.board.announcer import TIMES
from ui.board.app import BoardApplication
from ui.board.view_model import BEAT_MS
from ui.driver import VisitorDriver
from ui.qt_application import qt_application

TV_1080 = BoardScreenConfig(full_screen=False, animations=False)
TV_2160 = BoardScreenConfig(3840, 2160, 1660.0, full_screen=False, animations=False)
LAST = tuple(call(100 + n, f"{'ABDFKM'[n]}-{20 + n:03d}", n + 4, 200) for n in range(6))


class BoardUnderTest:
    """A board whose feed is the test."""

    def __init__(self, config: BoardConfig) -> None:
        self.clock = FakeClock(MORNING)
        self.application = BoardApplication(config, self.clock)
        self.application.window.resize(config.screen.width_px, config.screen.height_px)
        self.application.window.show()
        self.driver = VisitorDriver(self.application.window)
        self._state = BoardState()

    def hear(self, view: BoardView) -> None:
        now = self.clock.monotonic()
        self._tell(BoardState(BoardLink.LIVE, view, heard_at=now, fetched_at=now))

    def lose_server(self) -> None:
        self._tell(BoardState(BoardLink.LOST, self._state.view, self._state.heard_at, self._state.fetched_at, "away"))

    def pass_time(self, seconds: float) -> None:
        self.clock.advance(timedelta(seconds=seconds))
        self.application.view_model.look()
        self.driver.settle()

    def _tell(self, state: BoardState) -> None:
        self._state = state
        self.application.view_model.show_state(state)
        self.driver.settle()

    def labels(self) -> list[str]:
        return self._texts("callLabel")

    def last(self) -> list[str]:
        return self._texts("lastLabel")

    def text(self, name: str) -> str:
        return str(self.driver.named(name).property("text"))

    def all(self, name: str) -> list[QQuickItem]:
        return [item for item in self.driver.items() if item.objectName() == name]

    def emphasised(self) -> list[str]:
        rows = [item for item in self.all("call") if item.property("emphasised")]
        return sorted(str(item.property("label")) for item in rows)

    def _texts(self, name: str) -> list[str]:
        items = sorted(
            self.all(name), key=lambda item: (item.mapToScene(QPointF(0, 0)).y(), item.mapToScene(QPointF(0, 0)).x())
        )
        return [str(item.property("text")) for item in items]


Start = Callable[..., BoardUnderTest]


@pytest.fixture
def board(qapp: QGuiApplication) -> Iterator[Start]:
    assert qt_application() is qapp
    running: list[BoardApplication] = []

    def start(screen: BoardScreenConfig = TV_1080, **config: object) -> BoardUnderTest:
        under_test = BoardUnderTest(BoardConfig(screen=screen, **config))  # type: ignore[arg-type]  # by their names
        running.append(under_test.application)
        return under_test

    yield start
    for application in running:
        application.close()
        assert application.qml_warnings == []


def drawn_capital_px(item: QQuickItem) -> float:
    """The height of a capital as it is really drawn: the font after it was shrunk to its place, if it was."""
    font = QFont(item.property("font"))
    font.setPixelSize(round(item.property("fontInfo").property("pixelSize").toNumber()))
    return QFontMetricsF(font).capHeight()


@pytest.mark.parametrize("screen", [TV_1080, TV_2160], ids=["1080", "2160"])
@pytest.mark.parametrize("languages", list(BoardLanguages))
def test_label_and_counter_are_122_mm_high(board: Start, screen: BoardScreenConfig, languages: BoardLanguages) -> None:
    shown = board(screen, languages=languages)
    shown.hear(board_view(call(45, "D-045", 3), call(7, "D-007K", 12), last=LAST))
    px_per_mm = screen.width_px / screen.panel_width_mm
    for name in ("callLabel", "callCounter"):
        items = shown.all(name)
        assert len(items) == 2
        for item in items:
            assert drawn_capital_px(item) / px_per_mm >= 122
            assert item.property("contentWidth") <= item.width() + 1  # it is not shrunk to fit, and not cut
    label = next(item for item in shown.all("callLabel") if item.property("text") == "D-007K")
    font = QFont(label.property("font"))
    assert label.property("contentWidth") == pytest.approx(QFontMetricsF(font).horizontalAdvance("D-007K"), rel=0.06)


@pytest.mark.parametrize("screen", [TV_1080, TV_2160], ids=["1080", "2160"])
def test_letters_as_drawn_in_the_picture(board: Start, screen: BoardScreenConfig) -> None:
    """Measured in the window's own pixels: the stem of the D, from top to bottom."""
    shown = board(screen)
    shown.hear(board_view(call(45, ago_s=60)))
    label = shown.driver.named("callLabel")
    picture = shown.driver.grab()
    corner = label.mapToScene(QPointF(0, 0))
    column = range(round(corner.y()), round(corner.y() + label.height()))
    inked = max(
        sum(picture.pixelColor(x, y).lightness() < 100 for y in column)
        for x in range(round(corner.x()), round(corner.x()) + round(label.height() / 3))
    )
    assert inked / (screen.width_px / screen.panel_width_mm) >= 121  # a pixel less at each end is the smoothed edge


def test_nothing_is_outside_of_the_window_or_on_top_of_something(board: Start) -> None:
    shown = board(languages=BoardLanguages.BOTH)
    shown.hear(board_view(call(1, "KM-999K2", 9999), call(2, "D-045", 12), last=LAST))
    assert shown.labels() == ["KM-999K2"]  # on two lines, alone; tests/ui/test_board_room.py looks at those
    shown.pass_time(8)
    assert shown.labels() == ["D-045"]
    for row in shown.all("call"):
        left, right = row.mapToScene(QPointF(0, 0)).x(), row.mapToScene(QPointF(row.width(), 0)).x()
        assert 0 <= left < right <= 1920
        parts = [each for each in shown.driver.items() if each.parentItem() is row and each.objectName()]
        spans = sorted((part.x(), part.x() + part.width()) for part in parts)
        assert all(end <= begin + 1 for (_, end), (begin, _) in pairwise(spans))


def test_as_many_rows_as_fit_and_the_rest_on_further_pages(board: Start) -> None:
    shown = board()
    shown.hear(board_view(*(call(n, counter=n) for n in range(1, 6))))
    assert shown.labels() == ["D-001", "D-002"]
    seen = set(shown.labels())
    for _ in range(2):
        shown.pass_time(8)
        seen |= set(shown.labels())
    assert seen == {f"D-{n:03d}" for n in range(1, 6)}
    assert board(TV_2160).application.view_model.property("rowsThatFit") == 3


def test_the_page_of_who_is_being_announced_is_shown(board: Start) -> None:
    shown = board()
    shown.hear(board_view(*(call(n, counter=n) for n in range(1, 6))))
    shown.application.view_model.show_said(call(5).call)
    shown.driver.settle()
    assert shown.labels() == ["D-005"]
    assert shown.driver.find("saidMark") is not None


def test_a_call_stands_out_while_it_is_new_and_only_then(board: Start) -> None:
    shown = board()
    shown.hear(board_view(call(45), call(44, ago_s=30)))
    assert shown.emphasised() == ["D-045"]
    shown.pass_time(21)
    assert shown.emphasised() == []
    assert shown.labels() == ["D-045", "D-044"]


def test_who_has_come_moves_to_those_called_before(board: Start) -> None:
    shown = board()
    shown.hear(board_view(call(45), last=LAST[:1]))
    shown.hear(board_view(last=(call(45, is_over=True), *LAST[:1])))
    assert shown.labels() == []
    assert shown.last() == ["D-045", "A-020"]
    assert "menunggu" in shown.text("calmTitle")


def test_data_of_a_server_that_is_away_say_their_age_and_look_old(board: Start) -> None:
    shown = board()
    shown.hear(board_view(call(45)))
    assert shown.emphasised() == ["D-045"]
    shown.lose_server()
    shown.pass_time(11)
    assert shown.emphasised() == []  # 11 s old only, but nobody knows whether it still stands
    assert shown.text("heading").startswith("Panggilan terakhir yang diketahui")
    assert "data 11 detik lalu" in shown.text("footerWords")
    shown.pass_time(180)
    assert "data 3 menit lalu" in shown.text("footerWords")
    assert shown.labels() == ["D-045"]
    shown.pass_time(600)
    assert shown.labels() == []
    assert shown.text("calmTitle") == "Papan sedang tidak tersambung"
    assert "menit lalu" in shown.text("footerWords")


def test_a_line_that_is_said_to_stand_and_is_silent_is_not_believed(board: Start) -> None:
    shown = board()
    shown.hear(board_view(call(45)))
    shown.pass_time(29)
    assert shown.text("heading") == "Sedang dipanggil"
    shown.pass_time(1)
    assert "data 30 detik lalu" in shown.text("footerWords")
    assert shown.text("heading").startswith("Panggilan terakhir yang diketahui")


def test_a_hiccup_alarms_nobody(board: Start) -> None:
    shown = board()
    shown.hear(board_view(call(45)))
    shown.lose_server()
    shown.pass_time(5)
    assert shown.text("heading") == "Sedang dipanggil"
    assert "lalu" not in shown.text("footerWords")


def test_the_clock_is_the_halls_and_only_where_the_server_knows_the_time(board: Start) -> None:
    shown = board()
    shown.hear(board_view())
    assert shown.text("clock") == "09.41"
    shown.pass_time(120)
    assert shown.text("clock") == "09.43"
    shown.hear(board_view(is_time_trusted=False))
    assert shown.text("clock") == ""
    shown.hear(board_view(timezone="Asia/Makassar"))
    assert shown.text("clock") == "10.41"


def test_hours_notices_and_zone(board: Start) -> None:
    shown = board(languages=BoardLanguages.BOTH)
    shown.hear(board_view(call(1, zone="A", floor=1), zone="B", zone_name_id="Zona B", zone_name_en="Zone B"))
    assert shown.text("zoneName") == "Zona B  ·  Zone B"
    assert "Jam layanan 07.30-16.00" in shown.text("footerWords")
    assert "Please have your ID card" in shown.text("footerWords")
    assert shown.text("callFloor") == "Lantai 1"


def test_the_arrow_points_where_the_technician_said(board: Start) -> None:
    shown = board(directions=BoardDirectionsConfig(left="A", up="B, C"))
    shown.hear(board_view(call(1, zone="A"), call(2, zone="B")))
    marks = sorted(shown.all("wayMark"), key=lambda item: item.mapToScene(QPointF(0, 0)).y())
    assert sorted(mark.rotation() for mark in marks) == [-45, 180]


def test_closed_and_not_yet_connected(board: Start) -> None:
    shown = board()
    shown.driver.settle()
    assert shown.text("calmTitle") == "Papan sedang disambungkan"
    shown.hear(board_view(is_open=False))
    assert shown.text("calmTitle") == "Layanan sedang tutup"


def test_flashes_stay_under_three_a_second_however_calls_arrive(board: Start) -> None:
    """Counted in the window: how often any row changes to the flashing colour, in real time."""
    shown = board(BoardScreenConfig(full_screen=False, animations=True))
    began: list[float] = []
    was: list[str] = []
    numbers = iter(range(1, 1000))
    calls = [call(next(numbers))]
    deadline = monotonic() + 3.2
    next_call = 0.0
    while monotonic() < deadline:
        if monotonic() > next_call:  # a new one every 170 ms, out of step with the beat
            calls = [call(next(numbers)), *calls][:2]
            next_call = monotonic() + 0.17
            now = shown.clock.monotonic()
            state = BoardState(BoardLink.LIVE, board_view(*calls), heard_at=now, fetched_at=now)
            shown.application.view_model.show_state(state)
        QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 10)
        now_on = shown.emphasised()
        if now_on and not was:
            began.append(monotonic())
        was = now_on
    assert began  # it does flash
    assert max(sum(start <= each < start + 1 for each in began) for start in began) <= 3
    assert 1000 / (2 * BEAT_MS) <= 3


class QuickSpeech:
    """Has said everything at once."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def ring(self, on_done: Callable[[], None]) -> None:
        QTimer.singleShot(0, on_done)

    def say(self, words: Announcement, on_done: Callable[[], None]) -> None:
        self.said.append(words.text)
        QTimer.singleShot(0, on_done)


def test_a_board_that_is_started_anew_says_no_call_again(
    qapp: QGuiApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert qt_application() is qapp
    monkeypatch.setattr("ui.board.app.BoardFeed.start", lambda _: None)  # the test is the feed
    config = BoardConfig(screen=TV_1080, data_dir=tmp_path)
    for number in (1, 2):
        clock, speech = FakeClock(MORNING), QuickSpeech()
        application = BoardApplication(config, clock, speech)
        application.begin()
        now = clock.monotonic()
        calls = [call(n, counter=n) for n in range(1, number + 1)]
        application.on_state(BoardState(BoardLink.LIVE, board_view(*calls), heard_at=now, fetched_at=now))
        deadline = monotonic() + 20
        while len(speech.said) < TIMES or application.announcer is None or application.announcer.announced:
            assert monotonic() < deadline
            QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 10)
        application.close()
        assert [("satu" in text, "dua," in text.split("loket ")[1]) for text in speech.said] == [
            (number == 1, number == 2)
        ] * TIMES


def test_high_contrast_is_black_and_white(board: Start) -> None:
    shown = board(BoardScreenConfig(full_screen=False, animations=False, high_contrast=True))
    shown.hear(board_view(call(45, ago_s=60)))
    picture = shown.driver.grab()
    assert picture.pixelColor(5, 700).lightness() == 0
    label = shown.driver.named("callLabel")
    assert label.property("color").lightness() == 255
