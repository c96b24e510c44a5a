import QtQuick
import QtQuick.Controls.Basic

/**
 * Everything that can be pressed. A press counts when it begins and ends on the same target; a second finger is not
 * heard (a MouseArea follows the first touch point only). Space, Enter and the keypad's select key press it too.
 */
Control {
    id: root

    /** What assistive technology calls it. */
    required property string spokenName
    property real radius: Theme.radius
    readonly property bool down: mouse.containsPress || root.heldKey !== 0

    property int heldKey: 0

    signal clicked

    Accessible.name: root.spokenName
    Accessible.role: Accessible.Button
    focusPolicy: Qt.TabFocus
    implicitHeight: Math.max(implicitBackgroundHeight, implicitContentHeight + topPadding + bottomPadding)
    implicitWidth: Math.max(implicitBackgroundWidth, implicitContentWidth + leftPadding + rightPadding)

    Accessible.onPressAction: root.clicked()
    Keys.onPressed: event => {
        if ([Qt.Key_Space, Qt.Key_Return, Qt.Key_Enter, Qt.Key_Select].includes(event.key)) {
            event.accepted = true;
            if (!event.isAutoRepeat)
                root.heldKey = event.key;
        }
    }
    Keys.onReleased: event => {
        if (event.key === root.heldKey && !event.isAutoRepeat) {
            event.accepted = true;
            root.heldKey = 0;
            root.clicked();
        }
    }
    onActiveFocusChanged: root.heldKey = 0

    MouseArea {
        id: mouse

        anchors.fill: parent

        onClicked: root.clicked()
    }

    FocusRing {
        target: root
        targetRadius: root.radius
        visible: root.visualFocus
    }
}
