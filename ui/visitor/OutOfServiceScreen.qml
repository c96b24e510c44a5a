import QtQuick
import QtQuick.Layouts
import Giliran
import ui.components

/** This machine cannot give a number. Says so, says where to go instead. */
FocusScope {
    id: root

    required property KioskViewModel kiosk

    focus: true
    objectName: "screen_OutOfService"

    Rectangle {
        anchors.fill: parent
        color: Theme.paper
    }

    Header {
        id: header

        kiosk: root.kiosk
        width: parent.width
    }

    ColumnLayout {
        anchors.left: parent.left
        anchors.margins: Theme.margin
        anchors.right: parent.right
        anchors.verticalCenter: parent.verticalCenter
        spacing: Theme.spaceL

        IconChip {
            Layout.alignment: Qt.AlignHCenter
            icon: "wrench"
            size: Theme.iconLarge * 2
        }

        Title {
            Layout.fillWidth: true
            horizontalAlignment: Text.AlignHCenter
            text: qsTr("Mohon maaf, mesin ini sedang diperbaiki.")
        }

        Heading {
            Layout.fillWidth: true
            horizontalAlignment: Text.AlignHCenter
            text: qsTr("Silakan ambil nomor di mesin lain atau di meja informasi.")
        }

        Body {
            Layout.fillWidth: true
            color: Theme.softInk
            horizontalAlignment: Text.AlignHCenter
            text: qsTr("Sudah punya nomor? Nomor Anda tetap berlaku.")
        }
    }

    TechnicianDoor {
        anchors.left: parent.left
        anchors.top: parent.top

        onOpened: root.kiosk.openTechnician()
    }
}
