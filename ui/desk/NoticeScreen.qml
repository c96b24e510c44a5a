import QtQuick
import Giliran
import ui.components

/** Nobody can work here yet, or no more: why, and what to do. */
FocusScope {
    id: root

    required property DeskViewModel desk

    focus: true
    objectName: "screen_Unready"

    EmptyState {
        anchors.centerIn: parent
        heading: root.desk.noticeHeading
        icon: "wrench"
        text: root.desk.noticeText
        width: parent.width * 0.6
    }
}
