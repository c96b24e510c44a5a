import QtQuick
import QtQuick.Layouts
import ui.components

/** One answer, and the digit that picks it. */
Item {
    id: root

    required property int index
    required property string key
    required property string digit
    required property string name
    required property string detail
    required property bool isTicked
    property bool isTickable: false
    readonly property bool isCurrent: ListView.isCurrentItem

    signal chosen

    Accessible.description: root.detail
    Accessible.name: root.name
    Accessible.role: Accessible.ListItem
    Accessible.selected: root.isCurrent
    implicitHeight: row.implicitHeight + Theme.spaceS * 2
    objectName: "choice_" + root.key

    Rectangle {
        anchors.fill: parent
        border.color: Theme.focus
        border.width: root.isCurrent ? Theme.focusWidth : 0
        color: root.isCurrent ? Theme.primaryTint : "transparent"
        radius: Theme.radiusSmall
    }

    RowLayout {
        id: row

        anchors.left: parent.left
        anchors.margins: Theme.spaceS
        anchors.right: parent.right
        anchors.verticalCenter: parent.verticalCenter
        spacing: Theme.spaceS

        KeyCap {
            text: root.digit
        }

        Icon {
            color: root.isTicked ? Theme.good : Theme.hairline
            name: "check-circle"
            visible: root.isTickable
        }

        Name {
            Accessible.ignored: true
            Layout.fillWidth: true
            text: root.name
        }

        Caption {
            Accessible.ignored: true
            elide: Text.ElideRight
            Layout.maximumWidth: 150 * Theme.mm
            maximumLineCount: 1
            text: root.detail
            visible: text !== ""
            wrapMode: Text.NoWrap
        }
    }

    MouseArea {
        anchors.fill: parent

        onClicked: root.chosen()
    }
}
