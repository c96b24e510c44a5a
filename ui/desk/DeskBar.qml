import QtQuick
import QtQuick.Layouts
import Giliran
import ui.components

/** Which counter this is, whether it is open, who sits here, and what the time is. */
Rectangle {
    id: root

    required property DeskViewModel desk

    color: Theme.hero
    implicitHeight: 34 * Theme.mm

    RowLayout {
        anchors.fill: parent
        anchors.leftMargin: Theme.spaceM
        anchors.rightMargin: Theme.spaceM
        spacing: Theme.spaceS

        Mark {
            size: Theme.target
        }

        Heading {
            color: Theme.heroInk
            objectName: "counterName"
            text: root.desk.counterText
        }

        Body {
            color: Theme.heroSoftInk
            text: root.desk.placeText
            visible: text !== ""
        }

        Pill {
            objectName: "counterState"
            strong: root.desk.counterState === 2
            text: root.desk.counterStateText
            tone: root.desk.counterState === 1 ? DeskViewModel.Tone.Good : root.desk.counterState === 2 ? DeskViewModel.Tone.Mind : DeskViewModel.Tone.Stop
        }

        Pill {
            id: alarm

            property bool isLit: true

            objectName: "alarm"
            strong: alarm.isLit
            text: root.desk.alarmText
            tone: DeskViewModel.Tone.Stop

            Timer {
                interval: Theme.flash
                repeat: true
                running: root.desk.alarmText !== ""

                onRunningChanged: alarm.isLit = true
                onTriggered: alarm.isLit = !alarm.isLit
            }
        }

        Item {
            Layout.fillWidth: true
        }

        Body {
            color: Theme.heroInk
            text: root.desk.staffText
        }

        PressButton {
            Layout.preferredHeight: Theme.target
            font: Theme.captionStrong
            kind: PressButton.OnHero
            objectName: "hallButton"
            radius: Theme.radiusSmall
            text: root.desk.screen === DeskViewModel.Screen.Hall ? qsTr("Loket saya  Ctrl+H") : qsTr("Seluruh gedung  Ctrl+H")
            visible: root.desk.isSupervisor

            onClicked: root.desk.doCommand("hall")
        }

        PressButton {
            Layout.preferredHeight: Theme.target
            font: Theme.captionStrong
            kind: PressButton.OnHero
            objectName: "switchButton"
            radius: Theme.radiusSmall
            text: qsTr("Ganti loket  Ctrl+L")

            onClicked: root.desk.doCommand("switch")
        }

        PressButton {
            Layout.preferredHeight: Theme.target
            font: Theme.captionStrong
            kind: PressButton.OnHero
            objectName: "languageButton"
            radius: Theme.radiusSmall
            spokenName: qsTr("Bahasa")
            text: root.desk.language === "id" ? "EN" : "ID"

            onClicked: root.desk.doCommand("language")
        }

        PressButton {
            Layout.preferredHeight: Theme.target
            icon: "circle-half-bold"
            kind: PressButton.OnHero
            objectName: "contrastButton"
            radius: Theme.radiusSmall
            spokenName: qsTr("Kontras tinggi")

            onClicked: root.desk.doCommand("contrast")
        }

        PressButton {
            Layout.preferredHeight: Theme.target
            icon: "caret-up-bold"
            kind: PressButton.OnHero
            objectName: "shrinkButton"
            radius: Theme.radiusSmall
            spokenName: qsTr("Perkecil jadi bilah, Ctrl+M")

            onClicked: root.desk.doCommand("strip")
        }

        Heading {
            color: Theme.heroInk
            text: root.desk.clockText
        }
    }
}
