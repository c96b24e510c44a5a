import QtQuick
import Giliran
import ui.components

/** The deep ground on which a number stands. */
FocusScope {
    id: root

    required property KioskViewModel kiosk
    default property alias content: body.data
    readonly property bool portrait: root.height > root.width
    /** The content reaches the right edge, and keeps the margin itself. */
    property bool bleeds: false

    focus: true

    Rectangle {
        anchors.fill: parent
        color: Theme.hero
    }

    GigiBalang {
        id: eaves

        anchors.top: parent.top
        toothColor: Theme.heroDeep
        width: parent.width
    }

    Item {
        id: body

        anchors.bottom: bar.top
        anchors.bottomMargin: root.portrait ? Theme.spaceL : Theme.spaceS
        anchors.left: parent.left
        anchors.leftMargin: Theme.margin
        anchors.right: parent.right
        anchors.rightMargin: root.bleeds ? 0 : Theme.margin
        anchors.top: eaves.bottom
        anchors.topMargin: root.portrait ? Theme.spaceL : Theme.spaceS
    }

    AccessBar {
        id: bar

        anchors.bottom: parent.bottom
        kiosk: root.kiosk
        width: parent.width
    }
}
