import QtQuick
import QtQuick.Controls.Basic
import QtQuick.Layouts
import Giliran
import ui.components

/** The number like on its slip, and under it in one sentence what is true of it now. */
Control {
    id: root

    required property YourVisitDetail visit
    /** No services stand below or beside it. */
    readonly property bool alone: root.visit.stopCount === 0
    /** A lying panel with large words, or with nothing beside the card: the number stands beside what is said of it. */
    readonly property bool sideways: Theme.wide && root.visit.label !== "" && (root.alone || Theme.textScale > 1.5)
    readonly property bool centred: root.alone && !root.sideways
    /** Something to do now: that fills the card. */
    readonly property bool urgent: root.visit.tone === KioskViewModel.Tone.Go
    readonly property color ground: root.urgent ? Theme.accent : Theme.visitTint(root.visit.tone)
    readonly property color ink: root.urgent ? Theme.accentInk : Theme.ink

    Accessible.name: Words.sentences([root.visit.label === "" ? "" : qsTr("Nomor Anda %1").arg(root.visit.label) + ".", root.visit.headline + ".", root.visit.advice])
    Accessible.role: Accessible.AlertMessage
    objectName: "yourVisitCard"

    background: Item {
        Rectangle {
            anchors.fill: parent
            border.color: root.urgent ? Theme.accentDeep : Theme.visitTone(root.visit.tone)
            border.width: Theme.stroke
            color: root.ground
            radius: Theme.radius
        }
    }
    contentItem: GridLayout {
        columnSpacing: 0
        columns: root.sideways ? 2 : 1
        rowSpacing: 0

        // The stub: the number on the deep ground of the ticket's own screen.
        Item {
            Layout.fillHeight: root.sideways
            Layout.fillWidth: !root.sideways
            Layout.preferredHeight: number.implicitHeight + Theme.spaceM * 2
            Layout.preferredWidth: root.sideways ? Math.min(label.implicitWidth + Theme.spaceL * 2, root.width * 0.4) : -1
            visible: root.visit.label !== ""

            Rectangle {
                anchors.fill: parent
                border.color: Theme.heroEdge
                border.width: Theme.highContrast ? Theme.stroke : 0
                bottomLeftRadius: root.sideways ? Theme.radius : 0
                bottomRightRadius: 0
                color: Theme.hero
                radius: Theme.radius
                topRightRadius: root.sideways ? 0 : Theme.radius
            }

            ColumnLayout {
                id: number

                anchors.left: parent.left
                anchors.leftMargin: Theme.spaceL
                anchors.right: parent.right
                anchors.rightMargin: Theme.spaceL
                anchors.verticalCenter: parent.verticalCenter
                spacing: Theme.spaceXS

                Text {
                    Accessible.ignored: true
                    Layout.fillWidth: true
                    color: Theme.heroSoftInk
                    font: Theme.heading
                    horizontalAlignment: root.centred ? Text.AlignHCenter : Text.AlignLeft
                    text: qsTr("Nomor Anda")
                    textFormat: Text.PlainText
                }

                Text {
                    id: label

                    Accessible.ignored: true
                    Layout.fillWidth: true
                    color: Theme.heroInk
                    font: Theme.stub
                    fontSizeMode: Text.HorizontalFit
                    horizontalAlignment: root.centred ? Text.AlignHCenter : Text.AlignLeft
                    minimumPixelSize: Theme.title.pixelSize
                    objectName: "yourLabel"
                    text: root.visit.label
                    textFormat: Text.PlainText
                }
            }
        }

        GridLayout {
            Layout.bottomMargin: root.centred ? Theme.spaceL : Theme.spaceM
            Layout.fillWidth: true
            Layout.leftMargin: Theme.spaceL
            Layout.rightMargin: Theme.spaceL
            Layout.topMargin: root.centred ? Theme.spaceL : Theme.spaceM
            columnSpacing: Theme.spaceM
            columns: root.centred ? 1 : 2
            rowSpacing: Theme.spaceM

            Icon {
                Layout.alignment: root.centred ? Qt.AlignHCenter : Qt.AlignTop
                color: root.urgent ? Theme.accentInk : Theme.visitTone(root.visit.tone)
                name: root.visit.symbol
                size: root.centred ? Theme.iconLarge * 2 : Theme.iconLarge
            }

            ColumnLayout {
                spacing: root.centred ? Theme.spaceM : Theme.spaceXS

                Title {
                    Accessible.ignored: true
                    Layout.fillWidth: true
                    color: root.ink
                    horizontalAlignment: root.centred ? Text.AlignHCenter : Text.AlignLeft
                    objectName: "yourHeadline"
                    text: root.visit.headline
                }

                Text {
                    Accessible.ignored: true
                    Layout.fillWidth: true
                    color: root.ink
                    font: root.urgent || root.centred || (root.alone && Theme.textScale < 1.5) ? Theme.heading : Theme.body
                    horizontalAlignment: root.centred ? Text.AlignHCenter : Text.AlignLeft
                    lineHeight: Theme.lineHeight
                    objectName: "yourAdvice"
                    text: root.visit.advice
                    textFormat: Text.PlainText
                    wrapMode: Text.Wrap
                }
            }
        }
    }
}
