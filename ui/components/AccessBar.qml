import QtQuick
import QtQuick.Layouts
import Giliran

/** The way back and the aids, at the foot of every screen where a seated visitor reaches them. */
Rectangle {
    id: root

    required property KioskViewModel kiosk
    readonly property bool largest: root.kiosk.textScale >= 2

    color: Theme.card
    implicitHeight: row.implicitHeight + Theme.framePadding * 2 + Theme.strokeThin

    component Aid: PressButton {
        Layout.fillHeight: true
        Layout.fillWidth: true
        Layout.preferredHeight: Math.max(implicitHeight, Theme.foot)
        font: Theme.chrome
        horizontalPadding: Theme.gap
        iconGap: Theme.gap
        kind: PressButton.Quiet
        radius: Theme.radiusSmall
        stacked: Theme.textScale > 1.2 && !Theme.wide
    }

    Rectangle {
        color: Theme.hairline
        height: Theme.strokeThin
        width: parent.width
    }

    RowLayout {
        id: row

        anchors.left: parent.left
        anchors.leftMargin: Theme.spaceL
        anchors.right: parent.right
        anchors.rightMargin: Theme.spaceL
        anchors.verticalCenter: parent.verticalCenter
        spacing: Theme.spaceS
        uniformCellSizes: true

        Aid {
            icon: "arrow-left-bold"
            kind: PressButton.Secondary
            objectName: "backButton"
            text: qsTr("Kembali")
            visible: root.kiosk.canGoBack

            onClicked: root.kiosk.goBack()
        }

        Aid {
            icon: "text-aa-bold"
            objectName: "textSizeButton"
            text: root.largest ? qsTr("Teks biasa") : qsTr("Teks besar")

            onClicked: root.kiosk.cycleTextScale()
        }

        Aid {
            Accessible.checkable: true
            Accessible.checked: root.kiosk.highContrast
            icon: "circle-half-bold"
            kind: root.kiosk.highContrast ? PressButton.Primary : PressButton.Quiet
            objectName: "contrastButton"
            text: qsTr("Kontras")

            onClicked: root.kiosk.toggleContrast()
        }

        Aid {
            icon: "translate-bold"
            objectName: "otherLanguageButton"
            text: root.kiosk.language === "id" ? "English" : "Indonesia"

            onClicked: root.kiosk.setLanguage(root.kiosk.language === "id" ? "en" : "id")
        }
    }
}
