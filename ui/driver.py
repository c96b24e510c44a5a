"""A visitor made of code: finds what a person would see, and touches it where it is.

Used by `giliran demo`, by `make screens` and by the tests, on a real display or offscreen. It knows nothing of the
view model: it reads the window's items and sends real touches to the scene.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic
from typing import Final

from PySide6.QtCore import QCoreApplication, QEventLoop, QPoint, QPointF, Qt, QThread
from PySide6.QtGui import QImage
from PySide6.QtQuick import QQuickItem, QQuickWindow

from kiosk.domain.screens import Screen
from ui.hand import Hand
from ui.visible_items import visible_items

_DRAG_STEPS: Final = 10
_DRAG_STEP_MS: Final = 10
_LOOKS: Final = 4
_HOLD_MS: Final = 80
_SHORTEST_DRAG: Final = 60.0
"""Under Qt's own threshold a finger that moves has not dragged."""
_PAGE_TURN_MS: Final = 200
"""A little more than the slide takes; pressed again sooner, it begins anew."""
_NAP_MS: Final = 5
_LONGEST_SEARCH: Final = 60
"""So many drags through a list before it certainly does not hold what is looked for."""


class NotFoundError(AssertionError):
    """What a visitor would look for is not on the screen."""


class VisitorDriver:
    """`timeout_s` bounds every wait. `pause_s`: how long to let each screen be looked at, for an audience."""

    def __init__(self, window: QQuickWindow, *, timeout_s: float = 10.0, pause_s: float = 0.0) -> None:
        self.window = window
        self._timeout_s = timeout_s
        self._pause_s = pause_s
        self._hand = Hand(window)

    # Looking

    def items(self) -> Iterator[QQuickItem]:
        """Everything visible, from the bottom up."""
        return visible_items(self.window)

    def find(self, name: str) -> QQuickItem | None:
        return next((item for item in self.items() if item.objectName() == name), None)

    def named(self, name: str) -> QQuickItem:
        item = self.find(name)
        if item is None:
            there = sorted({item.objectName() for item in self.items() if item.objectName()})
            raise NotFoundError(f"{name} is not on the screen; there are {', '.join(there)}")
        return item

    def screen_name(self) -> str:
        """`Home` for the screen whose root is called `screen_Home`."""
        return next((item.objectName()[7:] for item in self.items() if item.objectName().startswith("screen_")), "")

    def centre(self, name: str) -> QPoint:
        item = self.named(name)
        return item.mapToScene(QPointF(item.width() / 2, item.height() / 2)).toPoint()

    def focused_name(self) -> str:
        """What the keyboard would press now, or the empty string."""
        item: QQuickItem | None = self.window.activeFocusItem()
        return item.objectName() if item else ""

    def texts(self) -> list[str]:
        """Everything that can be read now."""
        found = (str(item.property("text") or "") for item in self.items())
        return [text for text in found if text]

    def grab(self) -> QImage:
        """The window as a person sees it now."""
        self.settle()
        return self.window.grabWindow()

    def save(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not self.grab().save(str(path)):
            raise OSError(f"{path} could not be written")

    # Waiting

    def wait_until(self, is_so: Callable[[], bool], what: str) -> None:
        """Lets the program run until `is_so`. Raises TimeoutError naming `what` did not come."""
        deadline = monotonic() + self._timeout_s
        while not is_so():
            if monotonic() > deadline:
                raise TimeoutError(f"{what} did not come in {self._timeout_s:g} s; the screen is {self.screen_name()}")
            QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 10)

    def wait_for(self, screen: Screen) -> None:
        name = "".join(word.capitalize() for word in screen.name.split("_"))
        self.wait_until(lambda: self.screen_name() == name, f"screen {name}")
        if self._pause_s:
            self.look(self._pause_s)

    def wait_for_item(self, name: str) -> None:
        self.wait_until(lambda: self.find(name) is not None, name)

    def look(self, seconds: float) -> None:
        """Let the program run, as while a person reads."""
        _let_run(seconds * 1000)

    def settle(self) -> None:
        """Until the window is drawn and nothing in it moves any more."""
        self.wait_until(self.window.isExposed, "the window")
        self.wait_until(lambda: not any(item.property("moving") is True for item in self.items()), "rest")
        self._draw()

    def _draw(self) -> None:
        """Lists make their rows only when a frame is made."""
        frames: list[None] = []

        def count() -> None:
            frames.append(None)

        self.window.frameSwapped.connect(count)
        self.window.update()
        try:
            self.wait_until(lambda: bool(frames), "a frame")
        finally:
            self.window.frameSwapped.disconnect(count)

    # Touching

    def touch(self, name: str) -> None:
        """Brings the item into view as a finger would, waits until it stands still, then presses and releases it."""
        self.bring_into_view(name)
        seen: list[QPoint] = []

        def stands_still() -> bool:
            seen.append(self.centre(name))
            return len(seen) > _LOOKS and len(set(seen[-_LOOKS:])) == 1

        self.wait_until(stands_still, f"{name} at rest")
        self.touch_at(seen[-1])

    def touch_at(self, point: QPoint, finger: int = 0) -> None:
        self._press(point, finger)
        self._release(point, finger)

    def press_and_slide_off(self, name: str) -> None:
        """Press inside, release outside: a change of mind."""
        self.bring_into_view(name)
        start = self.centre(name)
        item = self.named(name)
        end = start + QPoint(0, round(item.height()) + 40)
        self._press(start)
        self._move(end)
        self._release(end)

    def type(self, text: str) -> None:
        """On the screen's own keyboard."""
        for character in text:
            self.touch("key_space" if character == " " else f"key_{character}")

    def key(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        self._hand.click(key, modifiers)

    def bring_into_view(self, name: str) -> None:
        """Pages a list on until the item is there, and drags it into sight. Raises NotFoundError if it never is."""
        self.settle()
        for _ in range(_LONGEST_SEARCH):
            item = self.find(name)
            page = _page_around(item) if item else None
            step = _step_into_view(item, page) if item and page else 0.0
            if item and page and step:
                self._drag(page, step)
            elif item or not self._turn_page():
                break
        self.named(name)

    def _turn_page(self) -> bool:
        """Presses the button beside a list that shows its next part. False where there is none, or no more."""
        button = self.find("scrollDown")
        if button is None or not button.isEnabled():
            return False
        self.touch_at(self.centre("scrollDown"))
        _let_run(_PAGE_TURN_MS)
        self.settle()
        return True

    def _drag(self, page: QQuickItem, distance: float) -> None:
        """Moves the page's content up by about `distance`, or down where it is negative; at most a screenful.

        In the time a hand takes, since the page reckons with it, and still at the end, so that it is not thrown.
        """
        reach = page.height() * 0.7
        distance = max(-reach, min(reach, distance))
        middle = page.mapToScene(QPointF(page.width() / 2, page.height() / 2))
        start, end = (QPointF(middle.x(), middle.y() + distance * part).toPoint() for part in (0.5, -0.5))
        self._press(start)
        for step in range(1, _DRAG_STEPS + 1):
            _let_run(_DRAG_STEP_MS)
            self._move(start + (end - start) * (step / _DRAG_STEPS))
        _let_run(_HOLD_MS)
        self._move(end)
        self._release(end)
        self.settle()

    def _press(self, point: QPoint, finger: int = 0) -> None:
        self._hand.press(point, finger)

    def _move(self, point: QPoint, finger: int = 0) -> None:
        self._hand.move(point, finger)

    def _release(self, point: QPoint, finger: int = 0) -> None:
        self._hand.release(point, finger)


def _let_run(milliseconds: float) -> None:
    """At least so long, as Qt's own qWait does."""
    deadline = monotonic() + milliseconds / 1000
    while (left_ms := round((deadline - monotonic()) * 1000)) > 0:
        QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, left_ms)
        QThread.msleep(min(left_ms, _NAP_MS))


def _page_around(item: QQuickItem | None) -> QQuickItem | None:
    """The Flickable that holds the item, if any."""
    above = item.parentItem() if item else None
    while above is not None and not above.inherits("QQuickFlickable"):
        above = above.parentItem()
    return above


def _step_into_view(item: QQuickItem, page: QQuickItem) -> float:
    """How far the content must move up for the item to be seen; 0 when it is."""
    top = item.mapToItem(page, QPointF(0, 0)).y()
    bottom = top + item.height()
    if top < 0:
        return min(top, -_SHORTEST_DRAG)
    return max(bottom - page.height(), _SHORTEST_DRAG) if bottom > page.height() + 1 else 0.0
