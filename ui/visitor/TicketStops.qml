pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Layouts
import Giliran
import ui.components

/** Where to go: one card a stop. */
ColumnLayout {
    id: root

    required property TicketDetail ticket

    /** The height that shows only whole parts, or all of `room` when more than a quarter of it would stay empty. */
    function wholeParts(room: real): real {
        let whole = 0;
        for (const part of root.children) {
            const bottom = part.y + part.height;
            if (bottom <= room && bottom > whole)
                whole = bottom;
        }
        return whole > room * 0.75 ? whole : room;
    }

    spacing: root.ticket.stopCount > 2 ? Theme.gap : Theme.spaceS

    Heading {
        Layout.fillWidth: true
        text: root.ticket.stopCount > 1 ? qsTr("Anda menunggu di %n antrean sekaligus", "queues", root.ticket.stopCount) : qsTr("Tunggu di sini")
    }

    Repeater {
        model: root.ticket.stops

        Card {
            id: stop

            required property string afterText
            required property string agencyName
            required property string counterText
            required property string floorText
            required property string monogram
            required property int peopleAhead
            required property string serviceName
            required property color tileColor
            required property string waitText

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
                        text: Words.line([stop.agencyName, stop.serviceName])
                    }

                    GridLayout {
                        columnSpacing: Theme.spaceS
                        columns: Theme.textScale > 1.2 ? 1 : 2
                        rowSpacing: 0

                        Caption {
                            Layout.fillWidth: true
                            text: Words.line([stop.floorText, stop.counterText, stop.afterText === "" ? "" : qsTr("sesudah %1").arg(stop.afterText)])
                        }

                        Caption {
                            color: Theme.good
                            font: Theme.captionStrong
                            text: stop.peopleAhead < 0 ? "" : stop.peopleAhead === 0 ? qsTr("Anda yang pertama") : qsTr("%n di depan Anda", "people ahead in the queue", stop.peopleAhead)
                            visible: text !== ""
                        }
                    }

                    Caption {
                        Layout.fillWidth: true
                        font: Theme.captionStrong
                        objectName: "promisedWait"
                        text: stop.waitText
                        visible: text !== ""
                    }
                }
            }
        }
    }

    RowLayout {
        Layout.fillWidth: true
        Layout.topMargin: Theme.spaceXS
        spacing: Theme.spaceS

        Icon {
            name: "megaphone"
        }

        Body {
            Layout.fillWidth: true
            text: qsTr("Silakan duduk. Nomor Anda dipanggil dan tampil di layar ruang tunggu.")
        }
    }
}
