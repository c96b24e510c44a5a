import QtQuick
import QtQuick.Layouts
import Giliran
import ui.components

/** What a scan came to, or why something was not done: colour, symbol and sentence. */
Rectangle {
    id: root

    required property DeskViewModel desk
    property bool compact: false
    readonly property color ink: Theme.toneInk(root.desk.saidTone)

    Accessible.description: root.desk.saidText
    Accessible.name: root.desk.saidHeadline
    Accessible.role: Accessible.AlertMessage
    color: Theme.toneColor(root.desk.saidTone)
    implicitHeight: row.implicitHeight + Theme.spaceS * 2
    objectName: "saidBand"
    visible: root.desk.saidHeadline !== ""

    RowLayout {
        id: row

        anchors.left: parent.left
        anchors.leftMargin: root.compact ? Theme.spaceS : Theme.spaceM
        anchors.right: parent.right
        anchors.rightMargin: Theme.spaceM
        anchors.verticalCenter: parent.verticalCenter
        spacing: root.compact ? Theme.spaceS : Theme.spaceM

        Icon {
            color: root.ink
            name: root.desk.saidSymbol
            size: root.compact ? Theme.icon : Theme.iconLarge * 1.2
        }

        ColumnLayout {
            spacing: 0

            Title {
                Accessible.ignored: true
                Layout.fillWidth: true
                color: root.ink
                elide: Text.ElideRight
                font: root.compact ? Theme.name : Theme.title
                maximumLineCount: root.compact ? 1 : 2
                objectName: "saidHeadline"
                text: root.desk.saidHeadline
            }

            Body {
                Accessible.ignored: true
                Layout.fillWidth: true
                color: root.ink
                elide: Text.ElideRight
                font: root.compact ? Theme.caption : Theme.name
                maximumLineCount: 2
                objectName: "saidText"
                text: root.desk.saidText
                visible: text !== ""
            }
        }

        KeyCap {
            ink: root.ink
            text: root.compact ? "" : "Esc"
        }
    }
}
