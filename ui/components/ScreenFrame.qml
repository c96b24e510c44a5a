import QtQuick
import QtQuick.Layouts
import Giliran

/** What every screen stands in: header, place for the content, pinned actions, access bar. */
FocusScope {
    id: root

    required property KioskViewModel kiosk
    property alias title: header.title
    default property alias content: body.data
    /** Stays in place while the content scrolls. */
    property alias actions: pinned.data
    /** Over everything. */
    property alias over: cover.data
    /** The content reaches the right edge, and keeps the margin itself. */
    property bool bleeds: false
    readonly property bool portrait: root.height > root.width

    focus: true

    Rectangle {
        anchors.fill: parent
        color: Theme.paper
    }

    ColumnLayout {
        anchors.fill: parent
        spacing: 0

        Header {
            id: header

            Layout.fillWidth: true
            kiosk: root.kiosk
        }

        InfoBand {
            Layout.fillWidth: true
            Layout.leftMargin: Theme.margin
            Layout.rightMargin: Theme.margin
            Layout.topMargin: Theme.spaceS
            kind: InfoBand.Warning
            objectName: "problemBand"
            text: Words.problem(root.kiosk.problem)
            visible: root.kiosk.problem !== ""
        }

        Item {
            id: body

            Layout.bottomMargin: root.portrait ? Theme.spaceM : Theme.spaceS
            Layout.fillHeight: true
            Layout.fillWidth: true
            Layout.leftMargin: Theme.margin
            Layout.rightMargin: root.bleeds ? 0 : Theme.margin
            Layout.topMargin: root.portrait ? Theme.spaceM : Theme.gap
        }

        ColumnLayout {
            id: pinned

            Layout.bottomMargin: implicitHeight > 0 ? Theme.spaceM : 0
            Layout.fillHeight: false
            Layout.fillWidth: true
            Layout.leftMargin: Theme.margin
            Layout.rightMargin: Theme.margin
            spacing: Theme.spaceS
        }

        AccessBar {
            Layout.fillWidth: true
            kiosk: root.kiosk
        }
    }

    Item {
        id: cover

        anchors.fill: parent
    }
}
