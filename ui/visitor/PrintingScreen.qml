import QtQuick
import QtQuick.Layouts
import ui.components

/** The ticket is safe; the paper is on its way. */
TicketFrame {
    id: root

    objectName: "screen_Printing"

    ColumnLayout {
        anchors.left: parent.left
        anchors.right: parent.right
        anchors.verticalCenter: parent.verticalCenter
        spacing: Theme.spaceL

        Icon {
            Layout.alignment: Qt.AlignHCenter
            color: Theme.heroInk
            name: "printer"
            size: Theme.iconLarge * 2
        }

        Title {
            Accessible.role: Accessible.AlertMessage
            Layout.fillWidth: true
            color: Theme.heroInk
            font: Theme.display
            horizontalAlignment: Text.AlignHCenter
            text: qsTr("Sebentar ya, tiket Anda sedang dicetak.")
        }

        Body {
            Layout.fillWidth: true
            color: Theme.heroSoftInk
            horizontalAlignment: Text.AlignHCenter
            text: root.kiosk.afterRepair ? qsTr("Pencetak sudah siap lagi. Tiket keluar di bawah layar.") : qsTr("Tiket keluar di bawah layar.")
        }
    }
}
