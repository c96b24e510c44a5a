pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Layouts
import ui.components

/** What was chosen so far: one ticket for all of it. */
ScreenFrame {
    id: root

    bleeds: true
    objectName: "screen_Visit"

    actions: [
        PressButton {
            Layout.fillWidth: true
            enabled: root.kiosk.visitCount > 0 && !root.kiosk.busy
            icon: "ticket-bold"
            kind: PressButton.Primary
            large: true
            objectName: "takeTicketButton"
            text: qsTr("Ambil nomor")
            visible: root.kiosk.visitCount > 0

            onClicked: root.kiosk.takeTicket()
        },
        PressButton {
            Layout.fillWidth: true
            icon: "plus-bold"
            objectName: "addMoreButton"
            text: root.kiosk.visitCount > 0 ? qsTr("Tambah layanan lain") : qsTr("Pilih layanan")
            visible: !root.kiosk.visitIsFull

            onClicked: root.kiosk.goHome()
        }
    ]

    ColumnLayout {
        anchors.fill: parent
        spacing: Theme.spaceM

        PageHead {
            Layout.fillWidth: true
            Layout.rightMargin: Theme.margin
            subtitle: root.kiosk.visitCount > 1 ? qsTr("Satu nomor untuk semuanya. Anda menunggu di semua antrean sekaligus.") : ""
            title: qsTr("Pilihan Anda")
        }

        ScrollArea {
            Layout.fillHeight: true
            Layout.fillWidth: true
            gutter: Theme.margin

            EmptyState {
                Layout.fillWidth: true
                heading: qsTr("Belum ada layanan yang dipilih.")
                icon: "ticket"
                visible: root.kiosk.visitCount === 0
            }

            GridLayout {
                Layout.fillWidth: true
                columnSpacing: Theme.spaceS
                columns: root.portrait || Theme.textScale > 1.2 ? 1 : 2
                rowSpacing: Theme.spaceS
                uniformCellWidths: true

                Repeater {
                    model: root.kiosk.visit

                    Card {
                        id: stop

                        required property string agencyName
                        required property string closedText
                        required property string floorText
                        required property bool isOpen
                        required property string monogram
                        required property string name
                        required property string serviceId
                        required property color tileColor
                        required property string waitText
                        required property int waitingCount

                        Layout.fillHeight: true
                        Layout.fillWidth: true
                        padding: Theme.spaceS

                        contentItem: RowLayout {
                            spacing: Theme.spaceS

                            Monogram {
                                letters: stop.monogram
                                tileColor: stop.tileColor
                            }

                            ColumnLayout {
                                spacing: 0

                                Name {
                                    Layout.fillWidth: true
                                    text: stop.name
                                }

                                Caption {
                                    Layout.fillWidth: true
                                    color: stop.isOpen ? Theme.softInk : Theme.warning
                                    text: Words.line([stop.agencyName, stop.floorText, stop.isOpen ? Words.waiting(stop.waitingCount) : stop.closedText])
                                }

                                Caption {
                                    Layout.fillWidth: true
                                    font: Theme.captionStrong
                                    text: stop.waitText
                                    visible: stop.isOpen && text !== ""
                                }
                            }

                            PressButton {
                                font: Theme.captionStrong
                                icon: "trash-bold"
                                kind: PressButton.Quiet
                                objectName: "remove_" + stop.serviceId
                                spokenName: qsTr("Hapus %1").arg(stop.name)
                                text: Theme.textScale > 1.5 ? "" : qsTr("Hapus")

                                onClicked: root.kiosk.removeFromVisit(stop.serviceId)
                            }
                        }
                    }
                }
            }

            Caption {
                Layout.fillWidth: true
                text: Words.problem("visit_full")
                visible: root.kiosk.visitIsFull
            }
        }
    }
}
