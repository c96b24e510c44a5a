pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Layouts
import Giliran
import ui.components

/** The number, where to go with it, and the truth about the paper. */
TicketFrame {
    id: root

    readonly property bool paperMissing: root.kiosk.printOutcome === KioskViewModel.PrintOutcome.Failed || root.kiosk.printOutcome === KioskViewModel.PrintOutcome.Expired

    objectName: "screen_Ticket"

    Loader {
        anchors.fill: parent
        sourceComponent: root.portrait ? upright : wide
    }

    component Verdict: TicketVerdict {
        kiosk: root.kiosk
    }

    component Sheet: Rectangle {
        property alias foot: pinned.data

        Layout.maximumHeight: implicitHeight
        color: Theme.paper
        implicitHeight: stops.contentHeight + pinned.implicitHeight + parts.spacing + Theme.spaceM * 2
        radius: Theme.radius

        ColumnLayout {
            id: parts

            anchors.fill: parent
            anchors.margins: Theme.spaceM
            spacing: pinned.implicitHeight > 0 ? Theme.spaceS : 0

            Item {
                id: place

                Layout.fillHeight: true
                Layout.fillWidth: true

                ScrollArea {
                    id: stops

                    deep: true
                    height: Math.min(place.height, list.wholeParts(place.height))
                    railInset: Theme.spaceM
                    width: place.width

                    TicketStops {
                        id: list

                        Layout.fillWidth: true
                        ticket: root.kiosk.ticket
                    }
                }
            }

            ColumnLayout {
                id: pinned

                Layout.fillHeight: false
                Layout.fillWidth: true
            }
        }
    }

    component Code: TicketCode {
        heading: root.paperMissing ? qsTr("Foto kode ini") : qsTr("Simpan di ponsel")
        text: root.paperMissing ? qsTr("Foto ini berlaku sebagai tiket. Tunjukkan di loket ketika nomor Anda dipanggil.") : qsTr("Foto kode ini. Bila kertasnya hilang, tunjukkan fotonya di loket.")
        ticket: root.kiosk.ticket
    }

    component Foot: ColumnLayout {
        spacing: Theme.spaceM

        PressButton {
            Layout.fillWidth: true
            kind: PressButton.Accent
            large: true
            objectName: "finishButton"
            text: qsTr("Selesai")

            onClicked: root.kiosk.finish()
        }

        CountdownBar {
            Layout.fillWidth: true
            remaining: root.kiosk.ticketSecondsLeft
            total: root.kiosk.ticketSecondsTotal
        }
    }

    Component {
        id: upright

        ColumnLayout {
            spacing: Theme.spaceM

            TicketLabel {
                Layout.fillWidth: true
                kiosk: root.kiosk
            }

            Verdict {
                Layout.fillWidth: true
            }

            Sheet {
                Layout.fillHeight: true
                Layout.fillWidth: true

                foot: Code {
                    Layout.fillWidth: true
                }
            }

            Item {
                Layout.fillHeight: true
                Layout.topMargin: -Theme.spaceM // what stays free is enough of a gap
            }

            Foot {
                Layout.fillWidth: true
            }
        }
    }

    Component {
        id: wide

        RowLayout {
            spacing: Theme.margin

            ColumnLayout {
                Layout.fillHeight: true
                Layout.fillWidth: true
                Layout.preferredWidth: 5
                spacing: Theme.spaceM

                ScrollArea {
                    Layout.fillHeight: true
                    Layout.fillWidth: true
                    deep: true

                    TicketLabel {
                        Layout.fillWidth: true
                        kiosk: root.kiosk
                    }

                    Verdict {
                        Layout.fillWidth: true
                    }

                    Card {
                        Layout.fillWidth: true
                        fill: Theme.paper
                        padding: Theme.spaceS

                        contentItem: Code {}
                    }
                }

                Foot {
                    Layout.fillWidth: true
                }
            }

            Sheet {
                Layout.alignment: Qt.AlignTop
                Layout.fillHeight: true
                Layout.fillWidth: true
                Layout.preferredWidth: 6
            }
        }
    }
}
