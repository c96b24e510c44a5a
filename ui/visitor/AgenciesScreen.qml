pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Layouts
import ui.components

/** Every agency in the hall. */
ScreenFrame {
    id: root

    bleeds: true
    objectName: "screen_Agencies"

    ColumnLayout {
        anchors.fill: parent
        spacing: Theme.spaceM

        Title {
            Layout.fillWidth: true
            Layout.rightMargin: Theme.margin
            text: qsTr("Semua instansi")
        }

        ScrollArea {
            Layout.fillHeight: true
            Layout.fillWidth: true
            gutter: Theme.margin

            GridLayout {
                Layout.fillWidth: true
                columnSpacing: Theme.spaceS
                columns: (root.portrait ? 2 : 4) / (Theme.textScale > 1.2 ? 2 : 1)
                rowSpacing: Theme.spaceS
                uniformCellWidths: true

                Repeater {
                    model: root.kiosk.agencies

                    AgencyTile {
                        required property string agencyId
                        required property string floorText
                        required property bool isOpen
                        required property string name
                        required property int waitingCount

                        Layout.fillHeight: true
                        Layout.fillWidth: true
                        agencyName: name
                        detail: Words.line([floorText, isOpen ? Words.waiting(waitingCount) : qsTr("Sedang tutup")])
                        objectName: "agency_" + agencyId

                        onClicked: root.kiosk.openAgency(agencyId)
                    }
                }
            }
        }
    }
}
