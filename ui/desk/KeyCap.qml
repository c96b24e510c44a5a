import QtQuick
import ui.components

/** The key that does it, drawn as a key. */
Rectangle {
    id: root

    required property string text
    property color ink: Theme.softInk

    Accessible.ignored: true
    border.color: root.ink
    border.width: Theme.strokeThin
    color: "transparent"
    implicitHeight: label.implicitHeight + Theme.strokeThin * 2
    implicitWidth: Math.max(label.implicitWidth + Theme.spaceXS * 4, implicitHeight)
    radius: Theme.radiusSmall / 2
    visible: root.text !== ""

    Text {
        id: label

        Accessible.ignored: true
        anchors.centerIn: parent
        color: root.ink
        font: Theme.captionStrong
        text: root.text
        textFormat: Text.PlainText
    }
}
