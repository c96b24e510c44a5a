import QtQuick
import QtQuick.Layouts
import Giliran
import ui.components

/** Nobody is here yet: the whole screen is the door. */
FocusScope {
    id: root

    required property KioskViewModel kiosk
    readonly property bool portrait: root.height > root.width

    objectName: "screen_Attract"

    Rectangle {
        anchors.fill: parent
        color: Theme.paper
    }

    Rectangle {
        id: wall

        color: Theme.hero
        height: Math.round(root.height * (root.portrait ? 0.6 : 0.58))
        width: parent.width

        ColumnLayout {
            anchors.bottom: parent.bottom
            anchors.bottomMargin: Theme.margin
            anchors.left: parent.left
            anchors.leftMargin: Theme.margin
            anchors.right: parent.right
            anchors.rightMargin: Theme.margin
            spacing: Theme.spaceM

            Text {
                Layout.fillWidth: true
                color: Theme.heroSoftInk
                font: Theme.heading
                text: root.kiosk.siteName
                textFormat: Text.PlainText
                wrapMode: Text.Wrap
            }

            Text {
                Layout.fillWidth: true
                color: Theme.heroInk
                font: Theme.poster
                lineHeight: Theme.lineHeightTight
                text: qsTr("Selamat datang.\nMau urus apa hari ini?")
                textFormat: Text.PlainText
                wrapMode: Text.Wrap
            }

            Text {
                Layout.fillWidth: true
                color: Theme.heroSoftInk
                font: Theme.body
                text: Words.line([root.kiosk.dateText, root.kiosk.clockText])
                textFormat: Text.PlainText
            }
        }
    }

    GigiBalang {
        anchors.top: wall.bottom
        width: parent.width
    }

    Pressable {
        anchors.fill: parent
        focus: true
        objectName: "attractStart"
        radius: 0
        spokenName: start.text

        onClicked: root.kiosk.start()
    }

    ColumnLayout {
        anchors.bottom: parent.bottom
        anchors.left: parent.left
        anchors.margins: Theme.margin
        anchors.right: parent.right
        anchors.top: wall.bottom
        spacing: Theme.spaceM

        Item {
            Layout.fillHeight: true
        }

        PressButton {
            id: start

            Layout.fillWidth: true
            Layout.preferredHeight: Theme.targetLarge * 1.4
            icon: "hand-tap-bold"
            kind: PressButton.Accent
            large: true
            objectName: "startButton"
            text: qsTr("Sentuh untuk mulai")

            onClicked: root.kiosk.start()
        }

        PressButton {
            Layout.fillWidth: true
            objectName: "startOtherLanguage"
            text: root.kiosk.language === "id" ? "English" : "Bahasa Indonesia"

            onClicked: {
                root.kiosk.setLanguage(root.kiosk.language === "id" ? "en" : "id");
                root.kiosk.start();
            }
        }
    }

    TechnicianDoor {
        anchors.left: parent.left
        anchors.top: parent.top

        onOpened: root.kiosk.openTechnician()
    }
}
