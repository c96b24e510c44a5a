pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Layouts
import Giliran
import ui.components

/** A slip was held before the scanner: where the visit stands. Laid over whatever was begun, which it leaves as it is. */
ScreenFrame {
    id: root

    readonly property YourVisitDetail visit: root.kiosk.yourVisit
    /** A new number is the way on, and can be had. */
    readonly property bool offersNumber: root.visit.offersNumber && !root.kiosk.visitBegun && root.kiosk.closedReason === KioskViewModel.ClosedReason.NotClosed

    bleeds: true
    objectName: "screen_YourVisit"

    actions: GridLayout {
        Layout.fillWidth: true
        columnSpacing: Theme.spaceM
        columns: root.portrait ? 1 : 2
        rowSpacing: Theme.spaceS
        uniformCellWidths: true

        PressButton {
            Layout.fillWidth: true
            icon: "ticket-bold"
            kind: PressButton.Primary
            large: true
            objectName: "newNumberButton"
            text: qsTr("Ambil nomor baru")
            visible: root.offersNumber

            onClicked: root.kiosk.goHome()
        }

        PressButton {
            Layout.fillWidth: true
            icon: root.kiosk.visitBegun ? "arrow-left-bold" : "check-bold"
            kind: root.offersNumber ? PressButton.Secondary : PressButton.Primary
            large: true
            objectName: root.kiosk.visitBegun ? "resumeButton" : "finishButton"
            text: root.kiosk.visitBegun ? qsTr("Lanjutkan yang tadi") : qsTr("Selesai")

            onClicked: root.kiosk.visitBegun ? root.kiosk.goBack() : root.kiosk.finish()
        }
    }

    ScrollArea {
        id: page

        anchors.fill: parent
        gutter: Theme.margin

        GridLayout {
            Layout.fillWidth: true
            columnSpacing: Theme.margin
            columns: root.portrait || card.alone || card.sideways ? 1 : 2
            rowSpacing: Theme.spaceM

            YourVisitCard {
                id: card

                Layout.topMargin: card.alone ? Math.max(0, Math.round((page.height - card.implicitHeight) * 0.4)) : 0
                Layout.alignment: Qt.AlignTop
                Layout.fillWidth: true
                Layout.preferredWidth: 5
                visit: root.visit
            }

            YourStops {
                Layout.alignment: Qt.AlignTop
                Layout.fillWidth: true
                Layout.preferredWidth: 6
                visible: root.visit.stopCount > 0
                visit: root.visit
            }
        }
    }
}
