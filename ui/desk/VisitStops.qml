pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Layouts
import Giliran
import ui.components

/** All stops of the visit, in their order, with what became of each. */
ColumnLayout {
    id: root

    required property DeskViewModel desk

    spacing: 0

    Repeater {
        model: root.desk.visit.stops

        ColumnLayout {
            id: stop

            required property int index
            required property int position
            required property string service
            required property string agency
            required property string stateText
            required property int tone
            required property bool isHere
            required property bool isOver
            required property string where
            required property string waitText

            Layout.fillWidth: true
            spacing: 0

            Rectangle {
                Layout.fillWidth: true
                Layout.preferredHeight: Theme.strokeThin
                color: Theme.hairline
                visible: stop.index > 0
            }

            RowLayout {
                Accessible.name: Words.line([stop.service, stop.agency, stop.stateText, stop.where, stop.waitText])
                Accessible.role: Accessible.ListItem
                Layout.bottomMargin: Theme.spaceXS * 2
                Layout.fillWidth: true
                Layout.topMargin: Theme.spaceXS * 2
                spacing: Theme.spaceS

                Rectangle {
                    Layout.alignment: Qt.AlignTop
                    Layout.preferredHeight: Theme.iconSmall * 1.4
                    Layout.preferredWidth: Theme.iconSmall * 1.4
                    border.color: stop.isHere ? Theme.primary : Theme.edge
                    border.width: Theme.strokeThin
                    color: stop.isHere ? Theme.primary : "transparent"
                    radius: height / 2

                    Text {
                        Accessible.ignored: true
                        anchors.centerIn: parent
                        color: stop.isHere ? Theme.primaryInk : Theme.softInk
                        font: Theme.captionStrong
                        text: stop.position
                        visible: !stop.isOver
                    }

                    Icon {
                        anchors.centerIn: parent
                        color: Theme.good
                        name: stop.isOver ? "check-bold" : ""
                        size: Theme.iconSmall
                        visible: stop.isOver
                    }
                }

                ColumnLayout {
                    spacing: 0

                    Name {
                        Accessible.ignored: true
                        Layout.fillWidth: true
                        color: stop.isOver ? Theme.softInk : Theme.ink
                        elide: Text.ElideRight
                        maximumLineCount: 2
                        text: stop.service
                    }

                    Caption {
                        Accessible.ignored: true
                        Layout.fillWidth: true
                        elide: Text.ElideRight
                        maximumLineCount: 2
                        text: Words.line([stop.agency, stop.where === "" ? stop.waitText : stop.where])
                    }
                }

                Pill {
                    Layout.alignment: Qt.AlignTop
                    Layout.maximumWidth: 110 * Theme.mm
                    text: stop.stateText
                    tone: stop.tone
                }
            }
        }
    }
}
