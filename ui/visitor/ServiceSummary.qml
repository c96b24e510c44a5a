import QtQuick
import QtQuick.Layouts
import Giliran
import ui.components

/** The service at a glance: name, how many wait and where, fee, time, result, and what should come first. */
ColumnLayout {
    id: root

    required property KioskViewModel kiosk
    readonly property ServiceDetail service: root.kiosk.service
    readonly property string place: Words.line([root.service.floorText, root.service.counterText])

    spacing: Theme.spaceM

    PageHead {
        Layout.fillWidth: true
        monogram: root.service.monogram
        subtitle: root.service.agencyFullName
        tileColor: root.service.tileColor
        title: root.service.name
    }

    InfoBand {
        Layout.fillWidth: true
        heading: root.service.waitingCount < 0 ? root.place : root.service.waitingCount === 0 ? qsTr("Belum ada yang menunggu") : qsTr("%n orang menunggu", "people in the queue", root.service.waitingCount)
        icon: root.service.waitingCount < 0 ? "map-pin" : "users-three"
        iconSize: Theme.iconLarge
        kind: InfoBand.Good
        objectName: "waitingBand"
        text: [root.service.waitText, root.service.waitingCount < 0 ? "" : root.place].filter(line => line !== "").join("\n")
        visible: root.service.isOpen && (heading !== "" || text !== "")
    }

    InfoBand {
        Layout.fillWidth: true
        heading: root.service.closedText
        icon: "calendar-x"
        iconSize: Theme.iconLarge
        kind: InfoBand.Warning
        objectName: "closedBand"
        text: Words.line([root.service.reopensText, root.place])
        visible: !root.service.isOpen
    }

    GridLayout {
        Layout.fillWidth: true
        columnSpacing: Theme.spaceS
        columns: Theme.textScale > 1.5 ? 1 : 3
        rowSpacing: Theme.spaceS
        uniformCellWidths: true

        FactTile {
            Layout.fillHeight: true
            Layout.fillWidth: true
            icon: "money"
            label: qsTr("Biaya")
            note: root.service.feeNote
            objectName: "fee"
            value: root.service.feeText
        }

        FactTile {
            Layout.fillHeight: true
            Layout.fillWidth: true
            icon: "clock"
            label: qsTr("Selesai")
            objectName: "finishing"
            value: root.service.finishingText
        }

        FactTile {
            Layout.fillHeight: true
            Layout.fillWidth: true
            icon: "file-text"
            label: qsTr("Hasil")
            objectName: "product"
            value: root.service.productText
        }
    }

    InfoBand {
        Layout.fillWidth: true
        icon: "globe"
        text: qsTr("Layanan ini dimulai lewat internet. Belum mendaftar? Petugas loket akan membantu.")
        visible: root.service.onlineFirst
    }

    Tile {
        Layout.fillWidth: true
        fill: Theme.accentTint
        objectName: "firstDoButton"
        spokenName: Words.line([firstName.text, firstPlace.text])
        visible: root.service.firstDoId !== ""

        contentItem: RowLayout {
            spacing: Theme.spaceM

            Icon {
                name: "path"
            }

            ColumnLayout {
                spacing: 0

                Name {
                    id: firstName

                    Accessible.ignored: true
                    Layout.fillWidth: true
                    text: qsTr("Perlu dulu: %1").arg(root.service.firstDoName)
                }

                Caption {
                    id: firstPlace

                    Accessible.ignored: true
                    Layout.fillWidth: true
                    text: Words.line([root.service.firstDoPlace, qsTr("Bisa sekalian dalam satu tiket")])
                }
            }

            Icon {
                name: "caret-right-bold"
                size: Theme.iconSmall
            }
        }

        onClicked: root.kiosk.openService(root.service.firstDoId)
    }
}
