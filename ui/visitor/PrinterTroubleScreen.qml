import QtQuick
import QtQuick.Layouts
import Giliran
import ui.components

/** No paper: the screen is the ticket. */
TicketFrame {
    id: root

    readonly property int codeSize: Math.round((Theme.wide ? 96 : root.kiosk.ticket.stopCount > 3 ? 80 : 130) * Theme.mm)

    /** Large words would push the button out of sight: it comes before them. */
    readonly property bool crowded: !root.portrait && Theme.textScale > 1.5

    /** The slip may still come. */
    readonly property bool pending: root.kiosk.printOutcome === KioskViewModel.PrintOutcome.Pending
    /** The printer has said what is wrong: else nobody elsewhere can know that a slip is late. */
    readonly property bool known: root.kiosk.printerTrouble !== KioskViewModel.PrinterTroubleKind.NoTrouble
    /** It is printed by itself after the repair, if that was not refused already: it was tried often enough. */
    readonly property bool waits: !root.pending && !root.kiosk.beforeRestart && root.kiosk.problem === ""

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

            // Lying, the code stands beside the number: both are in sight, however many words stand below.
            GridLayout {
                Layout.alignment: Qt.AlignTop
                Layout.fillWidth: true
                Layout.preferredWidth: 5
                columnSpacing: Theme.spaceM
                columns: 2
                rowSpacing: root.kiosk.ticket.stopCount > 3 ? Theme.spaceS : Theme.spaceM

                TicketLabel {
                    Layout.column: root.portrait ? 0 : 1
                    Layout.columnSpan: root.portrait ? 2 : 1
                    Layout.fillWidth: true
                    Layout.row: 0
                    kiosk: root.kiosk
                    narrow: !root.portrait
                }

                Title {
                    Layout.column: 0
                    Layout.columnSpan: 2
                    Layout.fillWidth: true
                    Layout.row: 1
                    color: Theme.heroInk
                    font: Theme.heading
                    objectName: "verdict"
                    text: Words.sentences([Words.printerTrouble(root.kiosk.printerTrouble), root.pending ? qsTr("Tiket mungkin belum keluar, tetapi nomor Anda sudah tersimpan.") : qsTr("Nomor Anda tetap berlaku.")])
                }

                ColumnLayout {
                    Layout.column: 0
                    Layout.columnSpan: 2
                    Layout.fillWidth: true
                    Layout.row: root.crowded ? 4 : 2
                    spacing: Theme.spaceXS

                    Body {
                        Layout.fillWidth: true
                        color: Theme.heroSoftInk
                        objectName: "wayToWait"
                        text: Words.sentences([root.waits ? qsTr("Tiket dicetak begitu pencetak siap, selama nomor ini di layar.") : "", Words.staff(root.known && root.kiosk.staffTold)])
                    }

                    Body {
                        Layout.fillWidth: true
                        color: Theme.heroSoftInk
                        text: qsTr("Atau foto kode ini sebagai tiket, lalu sentuh “Sudah saya foto”.")
                    }
                }

                PressButton {
                    Layout.column: 0
                    Layout.columnSpan: 2
                    Layout.fillWidth: true
                    Layout.row: root.crowded ? 2 : 3
                    icon: "check-bold"
                    kind: PressButton.Accent
                    large: true
                    objectName: "ticketSeenButton"
                    text: qsTr("Sudah saya foto")

                    onClicked: root.kiosk.ticketSeen()
                }

                CountdownBar {
                    Layout.column: 0
                    Layout.columnSpan: 2
                    Layout.fillWidth: true
                    Layout.row: root.crowded ? 3 : 4
                    remaining: root.kiosk.ticketSecondsLeft
                    total: root.kiosk.ticketSecondsTotal
                }

                QrPanel {
                    Layout.alignment: root.portrait ? Qt.AlignHCenter : Qt.AlignTop
                    Layout.column: 0
                    Layout.columnSpan: root.portrait ? 2 : 1
                    Layout.minimumWidth: root.codeSize
                    Layout.preferredHeight: root.codeSize
                    Layout.preferredWidth: root.codeSize
                    Layout.row: root.portrait ? 5 : 0
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
