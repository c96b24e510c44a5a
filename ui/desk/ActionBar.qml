pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Layouts
import Giliran
import ui.components

/** All that an officer does, one key each; above it what the last deed was, and what cannot be done right now. */
Rectangle {
    id: root

    required property DeskViewModel desk

    color: Theme.primaryTint
    implicitHeight: column.implicitHeight + 2 * Theme.spaceS

    Rectangle {
        anchors.left: parent.left
        anchors.right: parent.right
        anchors.top: parent.top
        color: Theme.hairline
        height: Theme.strokeThin
    }

    ColumnLayout {
        id: column

        anchors.fill: parent
        anchors.margins: Theme.spaceS
        anchors.leftMargin: Theme.spaceM
        anchors.rightMargin: Theme.spaceM
        spacing: Theme.spaceXS * 2

        RowLayout {
            Layout.fillHeight: false
            Layout.preferredHeight: Theme.target
            spacing: Theme.spaceS

            PressButton {
                Layout.preferredHeight: Theme.target
                font: Theme.captionStrong
                kind: PressButton.Accent
                objectName: "undoButton"
                radius: Theme.radiusSmall
                text: qsTr("Urungkan %1 (Ctrl+Z)  %2 dtk").arg(root.desk.undoText).arg(root.desk.undoLeftS)
                visible: root.desk.undoLeftS > 0

                onClicked: root.desk.doCommand("undo")
            }

            CountdownBar {
                Layout.preferredWidth: 60 * Theme.mm
                ground: Theme.card
                remaining: root.desk.undoLeftS
                total: root.desk.undoTotalS
                visible: root.desk.undoLeftS > 0
            }

            Caption {
                Layout.fillWidth: true
                elide: Text.ElideRight
                maximumLineCount: 1
                text: qsTr("Pindai tiket kapan saja, di mana saja di jendela ini. Tekan F1 untuk semua tombol.")
                visible: root.desk.undoLeftS === 0
            }

            Item {
                Layout.fillWidth: true
                visible: root.desk.undoLeftS > 0
            }

            Pill {
                objectName: "told"
                text: root.desk.toldText
                tone: DeskViewModel.Tone.Notice
            }

            PressButton {
                Layout.preferredHeight: Theme.target
                font: Theme.captionStrong
                icon: "magnifying-glass-bold"
                objectName: "findButton"
                radius: Theme.radiusSmall
                text: qsTr("Ketik nomor  ( / )")

                onClicked: root.desk.doCommand("find")
            }
        }

        RowLayout {
            Layout.fillHeight: true
            spacing: Theme.spaceXS * 2
            uniformCellSizes: true

            Repeater {
                model: root.desk.actions

                ActionKey {
                    id: action

                    Layout.fillWidth: true
                    Layout.preferredHeight: 50 * Theme.mm

                    onClicked: root.desk.doCommand(action.command)
                }
            }
        }
    }
}
