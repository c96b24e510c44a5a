import QtQuick
import QtQuick.Layouts
import ui.components

/** The hall gives no numbers now: why, and when it will again. */
ScreenFrame {
    id: root

    objectName: "screen_Closed"

    over: TechnicianDoor {
        anchors.left: parent.left
        anchors.top: parent.top

        onOpened: root.kiosk.openTechnician()
    }

    ColumnLayout {
        anchors.left: parent.left
        anchors.right: parent.right
        anchors.verticalCenter: parent.verticalCenter
        spacing: Theme.spaceL

        IconChip {
            Layout.alignment: Qt.AlignHCenter
            icon: "moon-stars"
            size: Theme.iconLarge * 2
        }

        Title {
            Layout.fillWidth: true
            horizontalAlignment: Text.AlignHCenter
            objectName: "closedText"
            text: root.kiosk.closedText === "" ? qsTr("Layanan sedang tutup.") : root.kiosk.closedText
        }

        Heading {
            Layout.fillWidth: true
            horizontalAlignment: Text.AlignHCenter
            objectName: "reopensText"
            text: root.kiosk.reopensText
            visible: text !== ""
        }

        Body {
            Layout.fillWidth: true
            color: Theme.softInk
            horizontalAlignment: Text.AlignHCenter
            text: qsTr("Terima kasih sudah datang. Sampai jumpa lagi.")
        }
    }
}
