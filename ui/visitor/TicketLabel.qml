import QtQuick
import QtQuick.Layouts
import Giliran
import ui.components

/** The number, as large as its place allows: many stops need the room more. */
ColumnLayout {
    id: root

    required property KioskViewModel kiosk
    readonly property TicketDetail ticket: root.kiosk.ticket
    /** Something stands beside it. */
    property bool narrow: false
    readonly property bool small: root.ticket.stopCount > 2

    spacing: 0

    GridLayout {
        columnSpacing: Theme.spaceM
        columns: root.narrow ? 1 : 2
        rowSpacing: Theme.spaceXS

        Text {
            Layout.fillWidth: true
            color: Theme.heroSoftInk
            font: Theme.heading
            text: root.kiosk.beforeRestart ? qsTr("Nomor terakhir di mesin ini") : root.ticket.isCopy ? qsTr("Nomor Anda (salinan)") : qsTr("Nomor Anda")
            textFormat: Text.PlainText
            wrapMode: Text.Wrap
        }

        DemonstrationTag {
            visible: root.kiosk.isDemonstration
        }
    }

    Item {
        Layout.fillWidth: true
        Layout.preferredHeight: root.small ? Theme.labelHeightSmall : Theme.labelHeight

        Text {
            Accessible.name: qsTr("Nomor Anda %1").arg(root.ticket.label)
            anchors.fill: parent
            color: Theme.heroInk
            font: root.small ? Theme.labelSmall : Theme.label
            fontSizeMode: Text.HorizontalFit
            minimumPixelSize: Theme.title.pixelSize
            objectName: "ticketLabel"
            text: root.ticket.label
            textFormat: Text.PlainText
            verticalAlignment: Text.AlignVCenter
        }
    }
}
