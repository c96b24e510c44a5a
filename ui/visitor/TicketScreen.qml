pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Layouts
import Giliran
import ui.components

/** The number, where to go with it, and the truth about the paper. */
TicketFrame {
    id: root

    readonly property bool paperMissing: root.kiosk.printOutcome === KioskViewModel.PrintOutcome.Failed || root.kiosk.printOutcome === KioskViewModel.PrintOutcome.Expired

    /** Without paper in hand the way out is an answer: a number that nobody took is given up. */
    readonly property bool mustAnswer: root.paperMissing || root.kiosk.printOutcome === KioskViewModel.PrintOutcome.Unknown

    bleeds: true
    objectName: "screen_Ticket"

    Loader {
        anchors.fill: parent
        sourceComponent: root.portrait ? upright : wide
    }

    component Verdict: TicketVerdict {
        kiosk: root.kiosk
    }

    component Sheet: Item {
        property alias foot: pinned.data

        Layout.maximumHeight: implicitHeight
        implicitHeight: stops.contentHeight + pinned.implicitHeight + parts.spacing + Theme.spaceM * 2

        Rectangle {
            anchors.fill: parent
            anchors.rightMargin: Theme.margin
            color: Theme.paper
            radius: Theme.radius
        }

        ColumnLayout {
            id: parts

            anchors.fill: parent
            anchors.margins: Theme.spaceM
            anchors.rightMargin: 0
            spacing: pinned.implicitHeight > 0 ? Theme.spaceS : 0

            Item {
                id: place

                Layout.fillHeight: true
                Layout.fillWidth: true

                ScrollArea {
                    id: stops

                    deep: true
                    gutter: Theme.margin + Theme.spaceM
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
                Layout.rightMargin: Theme.margin + Theme.spaceM
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
            visible: !root.mustAnswer

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
                Layout.rightMargin: Theme.margin
                kiosk: root.kiosk
            }

            Verdict {
                Layout.fillWidth: true
                Layout.rightMargin: Theme.margin
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
                Layout.rightMargin: Theme.margin
            }
        }
    }

    Component {
        id: wide

        RowLayout {
            spacing: 0

            ColumnLayout {
                Layout.fillHeight: true
                Layout.fillWidth: true
                Layout.preferredWidth: 5
                spacing: Theme.spaceM

                ScrollArea {
                    Layout.fillHeight: true
                    Layout.fillWidth: true
                    deep: true
                    gutter: Theme.margin

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
                    Layout.rightMargin: Theme.margin
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
