import QtQuick
import QtQuick.Layouts
import Giliran
import ui.components

/** No paper: the screen is the ticket. */
TicketFrame {
    id: root

    readonly property int codeSize: Math.round((Theme.wide ? 96 : root.kiosk.ticket.stopCount > 3 ? 80 : 130) * Theme.mm)

    /** The slip may still come. */
    readonly property bool pending: root.kiosk.printOutcome === KioskViewModel.PrintOutcome.Pending
    /** It is printed by itself after the repair. */
    readonly property bool waits: !root.pending && !root.kiosk.beforeRestart

    bleeds: true
    objectName: "screen_PrinterTrouble"

    ScrollArea {
        anchors.fill: parent
        deep: true
        gutter: Theme.margin

        GridLayout {
            Layout.fillWidth: true
            columnSpacing: Theme.margin
            columns: root.portrait ? 1 : 2
            rowSpacing: Theme.spaceM

            ColumnLayout {
                Layout.alignment: Qt.AlignTop
                Layout.fillWidth: true
                Layout.preferredWidth: 5
                spacing: root.kiosk.ticket.stopCount > 3 ? Theme.spaceS : Theme.spaceM

                TicketLabel {
                    Layout.fillWidth: true
                    kiosk: root.kiosk
                }

                Title {
                    Layout.fillWidth: true
                    color: Theme.heroInk
                    font: Theme.heading
                    objectName: "verdict"
                    text: Words.sentences([Words.printerTrouble(root.kiosk.printerTrouble), root.pending ? qsTr("Tiket belum keluar, nomor Anda sudah tersimpan.") : qsTr("Nomor Anda tetap berlaku.")])
                }

                Body {
                    Layout.fillWidth: true
                    color: Theme.heroSoftInk
                    objectName: "wayToWait"
                    text: Words.sentences([root.waits ? qsTr("Tiket dicetak begitu pencetak siap, selama nomor ini di layar.") : "", Words.staff(root.kiosk.staffTold)])
                }

                Body {
                    Layout.fillWidth: true
                    color: Theme.heroSoftInk
                    text: qsTr("Atau foto kode ini sebagai tiket, lalu sentuh “Sudah saya foto”.")
                }

                PressButton {
                    Layout.fillWidth: true
                    icon: "check-bold"
                    kind: PressButton.Accent
                    large: true
                    objectName: "ticketSeenButton"
                    text: qsTr("Sudah saya foto")

                    onClicked: root.kiosk.ticketSeen()
                }

                CountdownBar {
                    Layout.fillWidth: true
                    remaining: root.kiosk.ticketSecondsLeft
                    total: root.kiosk.ticketSecondsTotal
                }

                QrPanel {
                    Layout.alignment: Qt.AlignHCenter
                    Layout.preferredHeight: root.codeSize
                    Layout.preferredWidth: root.codeSize
                    objectName: "ticketQr"
                    source: root.kiosk.ticket.qrSource
                }
            }

            Rectangle {
                Layout.alignment: Qt.AlignTop
                Layout.fillWidth: true
                Layout.preferredHeight: sheet.implicitHeight + Theme.spaceM * 2
                Layout.preferredWidth: 6
                color: Theme.paper
                radius: Theme.radius

                ColumnLayout {
                    id: sheet

                    anchors.left: parent.left
                    anchors.margins: Theme.spaceM
                    anchors.right: parent.right
                    anchors.top: parent.top
                    spacing: Theme.spaceM

                    TicketStops {
                        Layout.fillWidth: true
                        ticket: root.kiosk.ticket
                    }
                }
            }
        }
    }
}
