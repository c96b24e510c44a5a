import QtQuick
import QtQuick.Layouts
import Giliran
import ui.components

/** The card in the middle of the window where somebody says who he is. Its fields are its children. */
FocusScope {
    id: root

    required property DeskViewModel desk
    required property string title
    property string text
    property string problem: root.desk.signInText
    default property alias fields: column.data

    focus: true

    GigiBalang {
        anchors.left: parent.left
        anchors.right: parent.right
        anchors.top: hero.bottom
    }

    Rectangle {
        id: hero

        anchors.left: parent.left
        anchors.right: parent.right
        anchors.top: parent.top
        color: Theme.hero
        height: Math.round(parent.height * 0.3)

        RowLayout {
            anchors.left: parent.left
            anchors.margins: Theme.spaceL
            anchors.right: parent.right
            anchors.top: parent.top
            spacing: Theme.spaceM

            Mark {
                size: Theme.foot
            }

            Heading {
                Layout.fillWidth: true
                color: Theme.heroInk
                text: root.desk.siteName
            }

            Heading {
                color: Theme.heroInk
                text: root.desk.clockText
            }

            PressButton {
                kind: PressButton.OnHero
                objectName: "languageButton"
                text: root.desk.language === "id" ? "English" : "Indonesia"

                onClicked: root.desk.doCommand("language")
            }

            PressButton {
                icon: "circle-half-bold"
                kind: PressButton.OnHero
                objectName: "contrastButton"
                spokenName: qsTr("Kontras tinggi")

                onClicked: root.desk.doCommand("contrast")
            }
        }
    }

    Card {
        anchors.horizontalCenter: parent.horizontalCenter
        anchors.verticalCenter: parent.verticalCenter
        anchors.verticalCenterOffset: Theme.spaceL
        edge: Theme.edge
        padding: Theme.spaceL * 1.6
        width: Math.min(parent.width * 0.9, 330 * Theme.mm)

        contentItem: ColumnLayout {
            id: column

            spacing: Theme.spaceM

            Title {
                Layout.fillWidth: true
                text: root.title
            }

            Body {
                Layout.fillWidth: true
                color: Theme.softInk
                text: root.text
                visible: text !== ""
            }

            InfoBand {
                Layout.fillWidth: true
                icon: "cloud-rain"
                objectName: "signInCutOff"
                text: root.desk.isCutOff ? root.desk.cutOffText : ""
                visible: text !== ""
            }

            InfoBand {
                Layout.fillWidth: true
                kind: InfoBand.Warning
                objectName: "signInProblem"
                text: root.problem
                visible: text !== ""
            }
        }
    }
}
