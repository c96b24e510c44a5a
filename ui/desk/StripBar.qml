pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Layouts
import Giliran
import ui.components

/** The same work in 80 pixels: the number, its time, who is next, the keys that are needed all day. */
FocusScope {
    id: root

    required property DeskViewModel desk
    readonly property VisitPanel visit: root.desk.visit

    focus: true
    objectName: "screen_Strip"

    Rectangle {
        anchors.fill: parent
        border.color: Theme.primary
        border.width: Theme.stroke
        color: root.desk.isCutOff ? Theme.accentTint : Theme.paper
    }

    RowLayout {
        anchors.fill: parent
        anchors.margins: Theme.spaceXS * 2
        spacing: Theme.spaceS

        Rectangle {
            Layout.fillHeight: true
            Layout.preferredWidth: 120 * Theme.mm
            color: Theme.hero
            radius: Theme.radiusSmall

            Text {
                Accessible.name: text
                Accessible.role: Accessible.StaticText
                anchors.fill: parent
                anchors.margins: Theme.spaceS
                color: Theme.heroInk
                font: Theme.display
                fontSizeMode: Text.Fit
                horizontalAlignment: Text.AlignHCenter
                minimumPixelSize: 10
                objectName: "stripLabel"
                text: root.visit.label === "" ? "\u2013" : root.visit.label
                textFormat: Text.PlainText
                verticalAlignment: Text.AlignVCenter
            }
        }

        SaidBand {
            Layout.fillHeight: true
            Layout.fillWidth: true
            compact: true
            desk: root.desk
            radius: Theme.radiusSmall
        }

        ColumnLayout {
            Layout.fillWidth: true
            spacing: 0
            visible: root.desk.saidHeadline === ""

            Name {
                Layout.fillWidth: true
                elide: Text.ElideRight
                maximumLineCount: 1
                objectName: "stripService"
                text: root.visit.label === "" ? root.visit.heading : Words.line([root.visit.stateText, root.visit.service])
            }

            Caption {
                Layout.fillWidth: true
                elide: Text.ElideRight
                maximumLineCount: 1
                objectName: "stripCaption"
                text: root.desk.toldText !== "" ? root.desk.toldText : root.desk.isCutOff ? root.desk.cutOffText : Words.line([root.desk.counterText, root.desk.lineCaption, root.desk.nextLabel === "" ? "" : qsTr("berikutnya %1").arg(root.desk.nextLabel)])
            }
        }

        Title {
            objectName: "stripTimer"
            text: root.visit.timerText
            visible: root.visit.label !== ""
            wrapMode: Text.NoWrap
        }

        PressButton {
            Layout.fillHeight: true
            font: Theme.captionStrong
            kind: PressButton.Accent
            objectName: "undoButton"
            radius: Theme.radiusSmall
            stacked: true
            text: qsTr("Urungkan\nCtrl+Z  %1 dtk").arg(root.desk.undoLeftS)
            visible: root.desk.undoLeftS > 0

            onClicked: root.desk.doCommand("undo")
        }

        Repeater {
            model: root.desk.actions

            ActionKey {
                id: action

                Layout.fillHeight: true
                Layout.preferredWidth: 62 * Theme.mm
                padding: Theme.spaceXS
                visible: ["call_next", "recall", "start", "complete", "no_show"].includes(action.command)

                onClicked: root.desk.doCommand(action.command)
            }
        }

        PressButton {
            Layout.fillHeight: true
            icon: "caret-down-bold"
            objectName: "expandButton"
            radius: Theme.radiusSmall
            spokenName: qsTr("Perbesar jendela, Ctrl+M")

            onClicked: root.desk.doCommand("strip")
        }
    }
}
