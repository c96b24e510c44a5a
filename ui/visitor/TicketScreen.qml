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
        default property alias content: area.content

        color: Theme.paper
        radius: Theme.radius

        ScrollArea {
            id: area

            anchors.fill: parent
            anchors.margins: Theme.spaceM
            spacingInside: Theme.spaceM
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
                ticket: root.kiosk.ticket
            }

            Verdict {
                Layout.fillWidth: true
            }

            Sheet {
                Layout.fillHeight: true
                Layout.fillWidth: true

                TicketStops {
                    Layout.fillWidth: true
                    ticket: root.kiosk.ticket
                }

                Code {
                    Layout.fillWidth: true
                }
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

                TicketLabel {
                    Layout.fillWidth: true
                    ticket: root.kiosk.ticket
                }

                Verdict {
                    Layout.fillWidth: true
                }

                Item {
                    Layout.fillHeight: true
                }

                Foot {
                    Layout.fillWidth: true
                }
            }

            Sheet {
                Layout.fillHeight: true
                Layout.fillWidth: true
                Layout.preferredWidth: 6

                TicketStops {
                    Layout.fillWidth: true
                    ticket: root.kiosk.ticket
                }

                Code {
                    Layout.fillWidth: true
                }
            }
        }
    }
}
