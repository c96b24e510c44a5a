import QtQuick
import QtQuick.Layouts
import ui.components

/** One queue in the supervisor's table. */
Item {
    id: root

    required property string queue
    required property string name
    required property int waiting
    required property string longestText
    required property string waitText
    required property int serving
    required property int countersOpen
    required property int missed
    required property int served
    required property string promiseText
    required property bool isClosed
    required property bool isLate
    property bool isCurrent: false

    signal chosen

    Accessible.name: Words.line([root.name, Words.waiting(root.waiting), root.longestText, root.waitText])
    Accessible.role: Accessible.ListItem
    implicitHeight: 23 * Theme.mm
    objectName: "queue_" + root.queue

    Rectangle {
        anchors.bottom: parent.bottom
        color: Theme.hairline
        height: Theme.strokeThin
        width: parent.width
    }

    Rectangle {
        anchors.fill: parent
        border.color: Theme.focus
        border.width: Theme.focusWidth
        color: Theme.primaryTint
        radius: Theme.radiusSmall / 2
        visible: root.isCurrent
    }

    RowLayout {
        anchors.fill: parent
        anchors.leftMargin: Theme.spaceS
        anchors.rightMargin: Theme.spaceS
        spacing: Theme.spaceS

        Cell {
            Layout.fillWidth: true
            isLeft: true
            text: root.name
        }

        Pill {
            text: root.isClosed ? qsTr("Tutup") : ""
            tone: 3
        }

        Cell {
            isStrong: true
            text: root.waiting
        }

        Cell {
            isLate: root.isLate
            text: root.longestText
        }

        Cell {
            Layout.preferredWidth: 86 * Theme.mm
            text: root.waitText
        }

        Cell {
            text: root.countersOpen
        }

        Cell {
            text: root.served
        }

        Cell {
            text: root.promiseText
        }
    }

    MouseArea {
        anchors.fill: parent

        onClicked: root.chosen()
    }
}
