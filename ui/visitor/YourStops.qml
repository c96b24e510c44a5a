pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Layouts
import Giliran
import ui.components

/** Where each service of the visit stands: one card each, the most urgent first. */
ColumnLayout {
    id: root

    required property YourVisitDetail visit

    /** Few services leave room for larger words. */
    readonly property bool roomy: root.visit.stopCount < 3

    spacing: Theme.spaceS

    Repeater {
        model: root.visit.stops

        Card {
            id: stop

            required property string agencyName
            required property string monogram
            required property int number
            required property string placeText
            required property string serviceName
            required property string stateText
            required property string symbol
            required property color tileColor
            required property int tone
            required property string waitText
            readonly property bool past: stop.tone === KioskViewModel.Tone.Past

            Accessible.name: Words.line([stop.agencyName, stop.serviceName, stop.stateText, stop.waitText, stop.placeText])
            Accessible.role: Accessible.StaticText
            Layout.fillWidth: true
            objectName: "yourStop_" + stop.number
            padding: Theme.spaceS

            contentItem: RowLayout {
                spacing: Theme.spaceS

                Monogram {
                    Layout.alignment: Qt.AlignTop
                    letters: stop.monogram
                    tileColor: stop.tileColor
                }

                ColumnLayout {
                    spacing: Theme.spaceXS

                    Name {
                        Accessible.ignored: true
                        Layout.fillWidth: true
                        text: Words.line([stop.agencyName, stop.serviceName])
                    }

                    // What is true of it now, in the colour of the card above.
                    Rectangle {
                        Layout.fillWidth: true
                        Layout.maximumWidth: standing.implicitWidth + Theme.spaceS * 2
                        border.color: Theme.visitTone(stop.tone)
                        border.width: Theme.highContrast ? Theme.strokeThin : 0
                        color: stop.tone === KioskViewModel.Tone.Go ? Theme.accent : Theme.visitTint(stop.tone)
                        implicitHeight: standing.implicitHeight + Theme.spaceXS * 2
                        radius: Theme.radiusSmall
                        visible: stop.stateText !== ""

                        RowLayout {
                            id: standing

                            anchors.left: parent.left
                            anchors.leftMargin: Theme.spaceS
                            anchors.right: parent.right
                            anchors.rightMargin: Theme.spaceS
                            anchors.verticalCenter: parent.verticalCenter
                            spacing: Theme.gap

                            Icon {
                                color: stop.tone === KioskViewModel.Tone.Go ? Theme.accentInk : Theme.visitTone(stop.tone)
                                name: stop.symbol
                                size: Theme.iconSmall
                            }

                            Caption {
                                Accessible.ignored: true
                                Layout.fillWidth: true
                                color: stop.tone === KioskViewModel.Tone.Go ? Theme.accentInk : Theme.ink
                                font: root.roomy ? Theme.name : Theme.captionStrong
                                objectName: "yourState_" + stop.number
                                text: stop.stateText
                            }
                        }
                    }

                    Caption {
                        Accessible.ignored: true
                        Layout.fillWidth: true
                        font: root.roomy ? Theme.name : Theme.captionStrong
                        objectName: "yourWait_" + stop.number
                        text: stop.waitText
                        visible: text !== ""
                    }

                    Caption {
                        Accessible.ignored: true
                        Layout.fillWidth: true
                        text: stop.placeText
                        visible: text !== ""
                    }
                }
            }
        }
    }
}
