import QtQuick
import QtQuick.Layouts
import Giliran
import ui.components

/** The code to keep on a phone, and why. */
GridLayout {
    id: root

    required property TicketDetail ticket
    required property string heading
    required property string text
    readonly property int codeSize: Math.round((Theme.wide ? 78 : root.ticket.stopCount > 2 ? 68 : 100) * Theme.mm)

    columnSpacing: Theme.spaceM
    columns: 2
    rowSpacing: Theme.spaceS

    QrPanel {
        Layout.alignment: Qt.AlignTop
        Layout.minimumWidth: root.codeSize
        Layout.preferredHeight: root.codeSize
        Layout.preferredWidth: root.codeSize
        objectName: "ticketQr"
        source: root.ticket.qrSource
    }

    ColumnLayout {
        Layout.alignment: Qt.AlignVCenter
        spacing: Theme.spaceXS

        Heading {
            Layout.fillWidth: true
            text: root.heading
        }

        Body {
            Layout.fillWidth: true
            color: Theme.softInk
            text: root.text
            visible: Theme.textScale < 1.2
        }
    }
}
