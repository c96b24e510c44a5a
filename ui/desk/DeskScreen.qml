import QtQuick
import QtQuick.Layouts
import Giliran
import ui.components

/** The officer's work: who is here, who comes next, and one key for every deed. */
FocusScope {
    id: root

    required property DeskViewModel desk

    focus: true
    objectName: "screen_Desk"

    ColumnLayout {
        anchors.fill: parent
        spacing: 0

        DeskBar {
            Layout.fillWidth: true
            desk: root.desk
        }

        Rectangle {
            Layout.fillWidth: true
            Layout.preferredHeight: cutOff.implicitHeight + Theme.spaceS * 2
            color: Theme.accentTint
            objectName: "cutOffBand"
            visible: root.desk.isCutOff

            RowLayout {
                anchors.fill: parent
                anchors.leftMargin: Theme.spaceM
                anchors.rightMargin: Theme.spaceM
                spacing: Theme.spaceS

                Icon {
                    color: Theme.ink
                    name: "cloud-rain"
                }

                Name {
                    id: cutOff

                    Layout.fillWidth: true
                    objectName: "cutOffText"
                    text: root.desk.cutOffText
                }
            }
        }

        SaidBand {
            Layout.fillWidth: true
            desk: root.desk
        }

        RowLayout {
            Layout.fillHeight: true
            Layout.margins: Theme.spaceM
            spacing: Theme.spaceM

            VisitCard {
                Layout.fillHeight: true
                Layout.fillWidth: true
                Layout.preferredWidth: 62
                desk: root.desk
            }

            Card {
                Layout.fillHeight: true
                Layout.fillWidth: true
                Layout.preferredWidth: 38
                padding: Theme.spaceM

                contentItem: ColumnLayout {
                    spacing: Theme.spaceM

                    LineList {
                        Layout.fillHeight: true
                        Layout.fillWidth: true
                        emptyText: qsTr("Antrean kosong.")
                        listName: "lineList"
                        rows: root.desk.line
                        title: qsTr("Antrean: %1").arg(root.desk.lineCaption)
                        view.focus: true

                        onChosen: (key, label) => root.desk.callRow(key)
                    }

                    LineList {
                        Layout.fillHeight: false
                        Layout.fillWidth: true
                        listName: "parkedList"
                        most: 3
                        rows: root.desk.parked
                        title: qsTr("Ditunda: %1").arg(view.count)
                        visible: view.count > 0

                        onChosen: (key, label) => root.desk.scan(label)
                    }

                    LineList {
                        Layout.fillHeight: false
                        Layout.fillWidth: true
                        listName: "missedList"
                        most: 3
                        rows: root.desk.missed
                        title: qsTr("Tidak hadir: %1").arg(view.count)
                        visible: view.count > 0

                        onChosen: (key, label) => root.desk.scan(label)
                    }
                }
            }
        }

        ActionBar {
            Layout.fillWidth: true
            desk: root.desk
        }
    }
}
