import QtQuick
import QtQuick.Layouts
import Giliran
import ui.components

/** Take a number now, or add more first. Nothing to press where no number is given: the band above says why. */
GridLayout {
    id: root

    required property KioskViewModel kiosk
    readonly property ServiceDetail service: root.kiosk.service

    columnSpacing: Theme.spaceS
    columns: Theme.wide ? 2 : 1
    rowSpacing: Theme.spaceS

    PressButton {
        Layout.fillHeight: true
        Layout.fillWidth: true
        Layout.preferredWidth: 1
        enabled: !root.kiosk.busy
        icon: "ticket-bold"
        kind: PressButton.Primary
        large: true
        objectName: "takeTicketButton"
        text: qsTr("Ambil nomor")
        visible: root.service.isOpen && (root.service.inVisit || !root.kiosk.visitIsFull)

        onClicked: root.kiosk.takeTicket()
    }

    PressButton {
        Layout.fillHeight: true
        Layout.fillWidth: true
        Layout.preferredWidth: 1
        icon: "plus-bold"
        objectName: "addToVisitButton"
        text: qsTr("Tambah layanan lain dulu")
        visible: root.service.isOpen && !root.service.inVisit && !root.kiosk.visitIsFull

        onClicked: root.kiosk.addToVisit()
    }

    PressButton {
        Layout.fillHeight: true
        Layout.fillWidth: true
        Layout.preferredWidth: 1
        objectName: "openVisitButton"
        text: qsTr("Lihat %n layanan pilihan Anda", "services in the basket", root.kiosk.visitCount)
        visible: root.kiosk.visitCount > 0 && (root.service.inVisit || root.kiosk.visitIsFull)

        onClicked: root.kiosk.openVisit()
    }
}
