"""What is on a window now."""

from collections.abc import Iterator

from PySide6.QtQuick import QQuickItem, QQuickWindow


def visible_items(window: QQuickWindow) -> Iterator[QQuickItem]:
    """Everything visible, from the bottom up. Follows what is drawn in what, which QObject's own children do not."""
    waiting = [window.contentItem()]
    while waiting:
        item = waiting.pop()
        if item.isVisible():
            yield item
            waiting += reversed(item.childItems())
