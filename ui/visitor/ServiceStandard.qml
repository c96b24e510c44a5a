import QtQuick
import QtQuick.Layouts
import Giliran
import ui.components

/** The rest of the service's standard: what to bring, how it goes, where to complain, what it rests on. */
ColumnLayout {
    id: root

    required property ServiceDetail service

    spacing: Theme.spaceS

    Heading {
        Layout.fillWidth: true
        text: qsTr("Yang perlu dibawa")
    }

    Checklist {
        Layout.fillWidth: true
        entries: root.service.requirements
        objectName: "requirements"
        visible: root.service.requirements.length > 0
    }

    Body {
        Layout.fillWidth: true
        color: Theme.softInk
        text: qsTr("Instansi belum menerbitkan syaratnya. Tanyakan di loket.")
        visible: root.service.requirements.length === 0
    }

    Heading {
        Layout.fillWidth: true
        Layout.topMargin: Theme.spaceS
        text: qsTr("Caranya")
    }

    Checklist {
        Layout.fillWidth: true
        entries: root.service.procedure
        numbered: true
        objectName: "procedure"
        visible: root.service.procedure.length > 0
    }

    Caption {
        Layout.fillWidth: true
        text: qsTr("Ini alur umum di gedung ini. Instansi belum menerbitkan alur khususnya.")
        visible: root.service.procedureIsHalls
    }

    Heading {
        Layout.fillWidth: true
        Layout.topMargin: Theme.spaceS
        text: qsTr("Saran dan pengaduan")
    }

    Card {
        Layout.fillWidth: true
        objectName: "complaints"

        contentItem: RowLayout {
            spacing: Theme.spaceS

            Icon {
                Layout.alignment: Qt.AlignTop
                name: "chat-circle-text"
            }

            Body {
                Layout.fillWidth: true
                text: root.service.complaints.length > 0 ? root.service.complaints.join("\n") : qsTr("Sampaikan di loket mana pun.")
            }
        }
    }

    Heading {
        Layout.fillWidth: true
        Layout.topMargin: Theme.spaceS
        text: qsTr("Dasar hukum")
    }

    Card {
        Layout.fillWidth: true
        objectName: "legalBasis"

        contentItem: RowLayout {
            spacing: Theme.spaceS

            Icon {
                Layout.alignment: Qt.AlignTop
                name: "scales"
            }

            Body {
                Layout.fillWidth: true
                color: root.service.legalBasis === "" ? Theme.softInk : Theme.ink
                text: root.service.legalBasis === "" ? qsTr("Belum diterbitkan") : root.service.legalBasis
            }
        }
    }

    Caption {
        Layout.fillWidth: true
        text: qsTr("Keterangan ini contoh dan belum dikonfirmasi oleh instansi.")
        visible: root.service.isUnconfirmed
    }
}
