import QtQuick
import QtQuick.Layouts
import ui.components

/** One counter, as a supervisor sees it. */
Item {
    id: root

    required property int counter
    required property string title
    required property string place
    required property string officer
    required property string queues
    required property string stateText
    required property int tone
    required property bool isOpen
    required property bool hasAlarm
    property bool isCurrent: false

    signal chosen

    Accessible.name: Words.line([root.title, root.stateText, root.officer, root.queues, root.place, root.hasAlarm ? qsTr("minta bantuan") : ""])
    Accessible.role: Accessible.ListItem
    implicitHeight: 23 * Theme.mm
    objectName: "counter_" + root.counter

    Rectangle {
        anchors.bottom: parent.bottom
        color: Theme.hairline
        height: Theme.strokeThin
        width: parent.width
    }

    Rectangle {
        anchors.fill: parent
        border.color: Theme.focus
        border.width: root.isCurrent ? Theme.focusWidth : 0
        color: root.hasAlarm ? Theme.warningTint : root.isCurrent ? Theme.primaryTint : "transparent"
        radius: Theme.radiusSmall / 2
    }

    RowLayout {
        anchors.fill: parent
        anchors.leftMargin: Theme.spaceS
        anchors.rightMargin: Theme.spaceS
        spacing: Theme.spaceS

        Icon {
            color: Theme.warning
            name: "warning"
            visible: root.hasAlarm
        }

        Name {
            Accessible.ignored: true
            text: root.title
            wrapMode: Text.NoWrap
        }

        Caption {
            Accessible.ignored: true
            Layout.fillWidth: true
            elide: Text.ElideRight
            maximumLineCount: 1
            text: root.hasAlarm ? qsTr("minta bantuan") : Words.line([root.officer, root.queues, root.place])
        }

        Pill {
            text: root.stateText
            tone: root.tone
        }
    }

    MouseArea {
        anchors.fill: parent

        onClicked: root.chosen()
    }
}
