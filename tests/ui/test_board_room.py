"""No call is too long for its panel: its letters are as high as the farthest seat needs, on one line or on two."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QFont, QFontMetricsF, QGuiApplication
from PySide6.QtQuick import QQuickItem

from kiosk.board_config import BoardConfig, BoardScreenConfig, readable_from_m
from kiosk.sync.desk_wire import Call
from tests.hall_of_calls import board_view, call
from tests.ui.test_board_window import TV_1080, TV_2160, BoardUnderTest, drawn_capital_px
from ui.board.room import _WIDTHS, place_width, takes_two_lines
from ui.board.sight import _sheets, rows_that_fit
from ui.qt_application import qt_application

SMALLEST = BoardScreenConfig(1920, 1080, 708.0, distance_m=5.8, full_screen=False, animations=False)
"""A 32-inch TV, read from as far as its file may say."""
SCREENS = {
    "1080": TV_1080,
    "2160": TV_2160,
    "2160 of 55 inches": BoardScreenConfig(3840, 2160, full_screen=False),
    "32 inches": SMALLEST,
}
LABELS = ("D-045", "W-999", "D-007K", "MW-999", "KM-999K2", "KM-9999K2", "KM-65535K9", "MW-65535W9", "MM-60000W9")
COUNTERS = ((3, 2), (12, None), (9999, 0), (600000, -2), (999999, 12))
"""With the floor of each. Six characters, though counters have four at most today."""


def a_call(label: str, counter: int, floor: int | None) -> Call:
    return call(45, label).model_copy(update={"counter": counter, "floor": floor})


@pytest.fixture(params=SCREENS)
def board(request: pytest.FixtureRequest, qapp: QGuiApplication) -> Iterator[BoardUnderTest]:
    assert qt_application() is qapp
    under_test = BoardUnderTest(BoardConfig(screen=SCREENS[request.param]))
    yield under_test
    under_test.application.close()
    assert under_test.application.qml_warnings == []


def inked(item: QQuickItem) -> QRectF:
    """Where its letters stand, in the window: from the capitals' top to the line they stand on."""
    font = QFont(item.property("font"))
    metrics = QFontMetricsF(font)
    top = (item.height() - metrics.height()) / 2 + metrics.ascent() - metrics.capHeight()
    corner = item.mapToScene(QPointF(0, top))
    return QRectF(corner.x(), corner.y(), float(item.property("contentWidth")), metrics.capHeight())


def test_every_call_keeps_the_height_of_its_capitals(board: BoardUnderTest) -> None:
    screen = board.application.config.screen
    px_per_mm = screen.width_px / screen.panel_width_mm
    least_px = screen.capital_mm * px_per_mm
    seen_lines = set()
    for label in LABELS:
        for counter, floor in COUNTERS:
            board.hear(board_view(a_call(label, counter, floor)))
            (row,) = board.all("call")
            (label_item,), (counter_item,) = board.all("callLabel"), board.all("callCounter")
            shown = f"{label} at {counter} on {floor}, {screen.width_px} px"
            for item in (label_item, counter_item):
                assert drawn_capital_px(item) >= least_px - 0.5, shown
                assert float(item.property("contentWidth")) <= item.width() + 1, shown
            within = QRectF(row.mapToScene(QPointF(0, 0)), row.size())
            spots = [inked(label_item), inked(counter_item), *(inked(each) for each in board.all("callFloor"))]
            assert all(within.contains(spot) for spot in spots), shown
            assert not spots[0].intersects(spots[1]), shown
            arrow = board.driver.named("wayMark")
            place = QRectF(arrow.mapToScene(QPointF(0, 0)), arrow.size())
            assert within.contains(place), shown
            assert not place.intersects(spots[0]), shown
            seen_lines.add(row.property("lines"))
    assert seen_lines == {1, 2}


def test_what_is_usual_stays_on_one_line() -> None:
    for screen in (TV_1080, TV_2160):
        for label in ("D-045", "W-444", "K-007A"):
            assert not takes_two_lines(label, 12, 2, screen)
    assert takes_two_lines("KM-999K2", 9999, 2, TV_1080)


def test_the_widths_reckoned_with_are_those_of_the_letters(board: BoardUnderTest) -> None:
    board.hear(board_view(call(45)))
    font = QFont(board.driver.named("callLabel").property("font"))
    metrics = QFontMetricsF(font)
    for letter, width in _WIDTHS.items():
        assert metrics.horizontalAdvance(letter) / metrics.capHeight() <= width + 0.03, letter
    for floor in (None, 0, 2, 8, 28, -1, -2, -28):
        board.hear(board_view(a_call("D-045", 3, floor)))
        place = board.driver.named("callPlace")
        assert place.width() / metrics.capHeight() <= place_width(floor) + 0.05, floor


def test_a_panel_on_which_the_longest_label_has_no_room_is_refused_for_that_distance() -> None:
    assert readable_from_m(BoardScreenConfig()) == 10.0
    assert 5.8 <= readable_from_m(SMALLEST) < 6


@given(
    st.lists(st.tuples(st.sampled_from(LABELS), st.sampled_from(COUNTERS)), max_size=12),
    st.sampled_from(list(SCREENS.values())),
)
def test_every_call_is_on_one_page_in_its_order_and_no_page_is_too_full(
    wanted: list[tuple[str, tuple[int, int | None]]], screen: BoardScreenConfig
) -> None:
    calls = [a_call(label, *place) for label, place in wanted]
    fit = rows_that_fit(screen)
    sheets = _sheets(calls, fit, screen)
    assert [each for sheet in sheets for each in sheet] == calls
    for sheet in sheets:
        rows = [2 if takes_two_lines(each.label, each.counter, each.floor, screen) else 1 for each in sheet]
        assert sum(rows) <= fit or len(sheet) == 1
    assert all(sheets) or sheets == [[]]
