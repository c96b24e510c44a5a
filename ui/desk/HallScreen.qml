pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Layouts
import Giliran
import ui.components

/** The whole hall, for a supervisor: every queue with its waits, every counter, and what can be changed there. */
FocusScope {
    id: root

    required property DeskViewModel desk

    focus: true
    objectName: "screen_Hall"

    ColumnLayout {
        anchors.fill: parent
        spacing: 0

        DeskBar {
            Layout.fillWidth: true
            desk: root.desk
        }

        SaidBand {
            Layout.fillWidth: true
            desk: root.desk
        }

        RowLayout {
            Layout.fillHeight: false
            Layout.margins: Theme.spaceM
            Layout.bottomMargin: 0
            spacing: Theme.spaceS

            Name {
                Layout.fillWidth: true
                elide: Text.ElideRight
                maximumLineCount: 2
                objectName: "hallCaption"
                text: root.desk.hallCaption
            }

            PressButton {
                Layout.preferredHeight: Theme.target
                font: Theme.captionStrong
                objectName: "unlockStaffButton"
                radius: Theme.radiusSmall
                text: qsTr("Buka kunci petugas")

                onClicked: root.desk.askUnlock()
            }

            PressButton {
                Layout.preferredHeight: Theme.target
                font: Theme.captionStrong
                objectName: "voidButton"
                radius: Theme.radiusSmall
                text: qsTr("Batalkan tiket")

                onClicked: root.desk.askVoid()
            }
        }

        RowLayout {
            Layout.fillHeight: true
            Layout.margins: Theme.spaceM
            spacing: Theme.spaceM

            Card {
                Layout.fillHeight: true
                Layout.fillWidth: true
                Layout.preferredWidth: 62
                padding: Theme.spaceM

                contentItem: ColumnLayout {
                    spacing: Theme.spaceXS

                    HallQueueHead {
                        Layout.fillWidth: true
                    }

                    ListView {
                        id: queues

                        Accessible.name: qsTr("Antrean")
                        Accessible.role: Accessible.List
                        Layout.fillHeight: true
                        Layout.fillWidth: true
                        activeFocusOnTab: true
                        boundsBehavior: Flickable.StopAtBounds
                        clip: true
                        focus: true
                        highlightMoveDuration: 0
                        model: root.desk.queues
                        objectName: "queueList"

                        delegate: HallQueueRow {
                            isCurrent: queues.activeFocus && ListView.isCurrentItem
                            width: queues.width

                            Keys.onEnterPressed: root.desk.askOfQueue(queue)
                            Keys.onReturnPressed: root.desk.askOfQueue(queue)
                            onChosen: root.desk.askOfQueue(queue)
                        }
                    }
                }
            }

            Card {
                Layout.fillHeight: true
                Layout.fillWidth: true
                Layout.preferredWidth: 38
                padding: Theme.spaceM

                contentItem: ColumnLayout {
                    spacing: Theme.spaceXS

                    Name {
                        text: qsTr("Loket")
                    }

                    ListView {
                        id: counters

                        Accessible.name: qsTr("Loket")
                        Accessible.role: Accessible.List
                        Layout.fillHeight: true
                        Layout.fillWidth: true
                        activeFocusOnTab: true
                        boundsBehavior: Flickable.StopAtBounds
                        clip: true
                        highlightMoveDuration: 0
                        model: root.desk.counters
                        objectName: "counterList"

                        delegate: HallCounterRow {
                            isCurrent: counters.activeFocus && ListView.isCurrentItem
                            width: counters.width

                            Keys.onEnterPressed: root.desk.askOfCounter(counter)
                            Keys.onReturnPressed: root.desk.askOfCounter(counter)
                            onChosen: root.desk.askOfCounter(counter)
                        }
                    }
                }
            }
        }
    }
}
