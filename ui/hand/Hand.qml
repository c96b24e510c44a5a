import QtQuick
import QtTest

/**
 * Presses windows as a person would, through Qt's own test events: Python can make no touch that Qt Quick believes,
 * and its QtTest would bring QtWidgets along.
 */
Item {
    id: root

    /** A var, because Qt types what these return as nothing but an object. */
    property var events: TestEvent {}

    function press(item: Item, finger: int, x: real, y: real) {
        root.events.touchEvent(item).press(finger, item, x, y).commit();
    }

    function move(item: Item, finger: int, x: real, y: real) {
        root.events.touchEvent(item).move(finger, item, x, y).commit();
    }

    function release(item: Item, finger: int, x: real, y: real) {
        root.events.touchEvent(item).release(finger, item, x, y).commit();
    }

    /** In the window that has the keyboard. */
    function click(key: int, modifiers: int) {
        root.events.keyClick(key, modifiers, -1);
    }
}
