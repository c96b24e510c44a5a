import QtQuick
import QtQuick.Layouts
import ui.components

/** One agency: where it is, when it is open, what it does. */
ScreenFrame {
    id: root

    bleeds: true
    objectName: "screen_Agency"

    GridLayout {
        anchors.fill: parent
        columnSpacing: Theme.margin
        columns: root.portrait ? 1 : 2
        rowSpacing: Theme.spaceM

        ColumnLayout {
            Layout.alignment: Qt.AlignTop
            Layout.fillWidth: true
            Layout.preferredWidth: 2
            Layout.rightMargin: root.portrait ? Theme.margin : 0
            spacing: Theme.spaceM

            PageHead {
                Layout.fillWidth: true
                monogram: root.kiosk.agency.monogram
                subtitle: root.kiosk.agency.fullName
                tileColor: root.kiosk.agency.tileColor
                title: root.kiosk.agency.name
            }

            InfoBand {
                Layout.fillWidth: true
                icon: "map-pin"
                text: Words.line([root.kiosk.agency.floorText, root.kiosk.agency.counterText, root.kiosk.agency.hoursText])
                visible: text !== ""
            }

            Caption {
                Layout.fillWidth: true
                text: qsTr("Daftar ini contoh dan belum dikonfirmasi oleh instansi.")
                visible: root.kiosk.agency.isUnconfirmed
            }
        }

        ColumnLayout {
            Layout.fillHeight: true
            Layout.fillWidth: true
            Layout.preferredWidth: 3
            spacing: Theme.spaceS

            Heading {
                Layout.fillWidth: true
                Layout.rightMargin: Theme.margin
                text: qsTr("Pilih layanan")
            }

            ServiceList {
                Layout.fillHeight: true
                Layout.fillWidth: true
                gutter: Theme.margin
                services: root.kiosk.agencyServices
                showAgency: false

                onChosen: serviceId => root.kiosk.openService(serviceId)
            }
        }
    }
}
