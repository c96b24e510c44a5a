import QtQuick
import QtQuick.Layouts
import Giliran

/** Are you still there? Covers the screen, so that any press on it is an answer. */
FocusScope {
    id: root

    required property KioskViewModel kiosk

    objectName: "idleOverlay"

    Rectangle {
        anchors.fill: parent
        color: Theme.scrim
    }

    MouseArea {
        anchors.fill: parent

        onClicked: root.kiosk.stillHere()
    }

    // No control: a press on the question is an answer too, and falls through to the MouseArea.
    Rectangle {
        anchors.centerIn: parent
        border.color: Theme.edge
        border.width: Theme.highContrast ? Theme.stroke : 0
        color: Theme.paper
        height: question.implicitHeight + Theme.spaceL * 2
        radius: Theme.radius
        width: Math.min(root.width - Theme.margin * 2, Math.round(290 * Theme.mm))

        ColumnLayout {
            id: question

            anchors.left: parent.left
            anchors.margins: Theme.spaceL
            anchors.right: parent.right
            anchors.top: parent.top
            spacing: Theme.spaceM

            Title {
                Layout.fillWidth: true
                horizontalAlignment: Text.AlignHCenter
                text: qsTr("Masih di sini?")
            }

            Body {
                Accessible.role: Accessible.AlertMessage
                Layout.fillWidth: true
                horizontalAlignment: Text.AlignHCenter
                objectName: "idleText"
                text: qsTr("Layar kembali ke awal dalam %n detik. Pilihan Anda akan dihapus.", "seconds", root.kiosk.idleSecondsLeft)
            }

            CountdownBar {
                Layout.fillWidth: true
                ground: Theme.hairline
                remaining: root.kiosk.idleSecondsLeft
                total: 20
            }

            PressButton {
                Layout.fillWidth: true
                focus: true
                kind: PressButton.Primary
                large: true
                objectName: "stillHereButton"
                text: qsTr("Saya masih di sini")

                onClicked: root.kiosk.stillHere()
            }
        }
    }
}
