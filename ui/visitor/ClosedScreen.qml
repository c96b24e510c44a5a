import QtQuick
import QtQuick.Layouts
import ui.components

/** The hall gives no numbers now: why, and when it will again. */
ScreenFrame {
    id: root

    /** Large words leave room for what matters most only. */
    readonly property bool crowded: !root.portrait && Theme.textScale > 1.5 && root.kiosk.hasScanner

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
            visible: !root.crowded
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

        InfoBand {
            Layout.fillWidth: true
            icon: "scan"
            objectName: "scannerBand"
            text: qsTr("Sudah punya tiket? Dekatkan kode QR-nya ke pemindai untuk melihat antrean Anda.")
            visible: root.kiosk.hasScanner
        }

        Body {
            Layout.fillWidth: true
            color: Theme.softInk
            horizontalAlignment: Text.AlignHCenter
            text: qsTr("Terima kasih sudah datang. Sampai jumpa lagi.")
        }
    }
}
