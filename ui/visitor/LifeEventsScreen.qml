pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Layouts
import ui.components

/** Every situation in life that the hall knows. */
ScreenFrame {
    id: root

    bleeds: true
    objectName: "screen_LifeEvents"

    ColumnLayout {
        anchors.fill: parent
        spacing: Theme.spaceM

        Title {
            Layout.fillWidth: true
            Layout.rightMargin: Theme.margin
            text: qsTr("Apa yang sedang Anda alami?")
        }

        ScrollArea {
            Layout.fillHeight: true
            Layout.fillWidth: true
            gutter: Theme.margin

            GridLayout {
                Layout.fillWidth: true
                columnSpacing: Theme.spaceS
                columns: root.portrait ? (Theme.textScale > 1.5 ? 1 : Theme.textScale > 1.2 ? 2 : 3) : (Theme.textScale > 1.5 ? 3 : Theme.textScale > 1.2 ? 4 : 5)
                rowSpacing: Theme.spaceS
                uniformCellWidths: true

                Repeater {
                    model: root.kiosk.lifeEvents

                    LifeEventTile {
                        required property string lifeEventId
                        required property string name

                        Layout.fillHeight: true
                        Layout.fillWidth: true
                        eventName: name
                        objectName: "lifeEvent_" + lifeEventId

                        onClicked: root.kiosk.openLifeEvent(lifeEventId)
                    }
                }
            }
        }
    }
}
