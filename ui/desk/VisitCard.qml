pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Layouts
import Giliran
import ui.components

/** Who is at this counter: the number, how long it takes, where the visitor goes next, and what must be there. */
Card {
    id: root

    required property DeskViewModel desk
    readonly property VisitPanel visit: root.desk.visit
    readonly property bool isEmpty: root.visit.label === ""

    objectName: "visitCard"
    padding: Theme.spaceM

    contentItem: Item {
        EmptyState {
            anchors.centerIn: parent
            heading: root.visit.heading
            icon: root.visit.icon
            objectName: "emptyVisit"
            text: root.visit.text
            visible: root.isEmpty
            width: parent.width * 0.7
        }

        ColumnLayout {
            anchors.fill: parent
            spacing: Theme.spaceS
            visible: !root.isEmpty

            RowLayout {
                Layout.fillHeight: false
                spacing: Theme.spaceM

                Text {
                    Accessible.name: text
                    Accessible.role: Accessible.StaticText
                    Layout.fillWidth: true
                    Layout.preferredHeight: (root.visit.note === "" && root.visit.conflictText === "" ? 70 : 44) * Theme.mm
                    color: Theme.primary
                    font: Theme.label
                    fontSizeMode: Text.Fit
                    minimumPixelSize: 10
                    objectName: "visitLabel"
                    text: root.visit.label
                    textFormat: Text.PlainText
                    verticalAlignment: Text.AlignVCenter
                }

                ColumnLayout {
                    Layout.fillWidth: false
                    spacing: Theme.spaceXS

                    Pill {
                        Layout.alignment: Qt.AlignRight
                        objectName: "visitState"
                        strong: true
                        text: root.visit.stateText
                        tone: root.visit.stateTone
                    }

                    Pill {
                        Layout.alignment: Qt.AlignRight
                        objectName: "priorityMark"
                        text: root.visit.isPriority ? qsTr("Prioritas") : ""
                        tone: DeskViewModel.Tone.Mind
                    }

                    Pill {
                        Layout.alignment: Qt.AlignRight
                        text: root.visit.isOffline ? qsTr("Dari kertas") : root.visit.languageText
                        tone: DeskViewModel.Tone.Notice
                    }
                }

                ColumnLayout {
                    Layout.fillWidth: false
                    Layout.minimumWidth: 66 * Theme.mm
                    spacing: 0

                    Caption {
                        Layout.alignment: Qt.AlignRight
                        text: root.visit.timerCaption
                    }

                    Title {
                        Layout.alignment: Qt.AlignRight
                        objectName: "visitTimer"
                        text: root.visit.timerText
                        wrapMode: Text.NoWrap
                    }

                    Caption {
                        Layout.alignment: Qt.AlignRight
                        color: root.visit.isLate ? Theme.warning : Theme.softInk
                        text: root.visit.promiseText === "" ? "" : qsTr("dijanjikan %1").arg(root.visit.promiseText)
                        visible: text !== ""
                        wrapMode: Text.NoWrap
                    }
                }
            }

            InfoBand {
                Layout.fillHeight: false
                Layout.fillWidth: true
                kind: InfoBand.Warning
                objectName: "conflictBand"
                text: root.visit.conflictText
                verticalPadding: Theme.spaceXS * 2
                visible: text !== ""
            }

            InfoBand {
                Layout.fillHeight: false
                Layout.fillWidth: true
                icon: "pencil-simple-line"
                objectName: "noteBand"
                text: root.visit.note
                verticalPadding: Theme.spaceXS * 2
                visible: text !== ""
            }

            InfoBand {
                Layout.fillHeight: false
                Layout.fillWidth: true
                icon: "signpost"
                kind: InfoBand.Good
                objectName: "nextBand"
                text: root.visit.nextText
                verticalPadding: Theme.spaceXS * 2
                visible: text !== ""
            }

            RowLayout {
                Layout.fillHeight: true
                spacing: Theme.spaceL

                Flickable {
                    id: course

                    readonly property bool isCut: contentHeight > height

                    function scroll(by: real) {
                        contentY = Math.max(0, Math.min(contentHeight - height, contentY + by));
                    }

                    Accessible.name: qsTr("Tahapan kunjungan")
                    Accessible.role: Accessible.List
                    Layout.fillHeight: true
                    Layout.fillWidth: true
                    Layout.preferredWidth: 5
                    activeFocusOnTab: course.isCut
                    boundsBehavior: Flickable.StopAtBounds
                    clip: true
                    contentHeight: stops.implicitHeight
                    contentWidth: width
                    objectName: "course"

                    Keys.onDownPressed: course.scroll(24 * Theme.mm)
                    Keys.onUpPressed: course.scroll(-24 * Theme.mm)
                    onHeightChanged: course.scroll(0)

                    VisitStops {
                        id: stops

                        desk: root.desk
                        width: course.width - Theme.spaceS
                    }

                    // There is more than is seen, and where.
                    Rectangle {
                        color: course.activeFocus ? Theme.focus : Theme.edge
                        height: course.height * course.visibleArea.heightRatio
                        objectName: "courseBar"
                        radius: width / 2
                        visible: course.isCut
                        width: Theme.focusWidth
                        x: course.width - width
                        y: course.contentY + course.height * course.visibleArea.yPosition
                    }
                }

                ColumnLayout {
                    Layout.fillHeight: true
                    Layout.fillWidth: true
                    Layout.preferredWidth: 4
                    spacing: Theme.spaceXS

                    Name {
                        text: qsTr("Syarat")
                    }

                    Caption {
                        Layout.fillWidth: true
                        text: qsTr("Belum diterbitkan oleh instansinya.")
                        visible: requirements.count === 0
                    }

                    ListView {
                        id: requirements

                        Layout.fillHeight: true
                        Layout.fillWidth: true
                        boundsBehavior: Flickable.StopAtBounds
                        clip: true
                        keyNavigationEnabled: true
                        model: root.desk.visit.requirements
                        objectName: "requirements"
                        spacing: Theme.strokeThin

                        delegate: Pressable {
                            id: requirement

                            required property int number
                            required property string text
                            required property bool isTicked

                            Accessible.checkable: true
                            Accessible.checked: requirement.isTicked
                            Accessible.role: Accessible.CheckBox
                            objectName: "requirement_" + requirement.number
                            padding: Theme.spaceXS * 2
                            radius: Theme.radiusSmall / 2
                            spokenName: requirement.text
                            width: ListView.view.width

                            background: Rectangle {
                                color: requirement.isTicked ? Theme.goodTint : requirement.down ? Theme.primaryTint : "transparent"
                                radius: requirement.radius
                            }
                            contentItem: RowLayout {
                                spacing: Theme.spaceS

                                Rectangle {
                                    Layout.alignment: Qt.AlignTop
                                    Layout.minimumWidth: Theme.iconSmall
                                    Layout.preferredHeight: Theme.iconSmall
                                    border.color: requirement.isTicked ? Theme.good : Theme.edge
                                    border.width: Theme.stroke
                                    color: requirement.isTicked ? Theme.good : Theme.card
                                    radius: Theme.radiusSmall / 3

                                    Icon {
                                        anchors.centerIn: parent
                                        color: Theme.goodInk
                                        name: "check-bold"
                                        size: Math.round(Theme.iconSmall * 0.8)
                                        visible: requirement.isTicked
                                    }
                                }

                                Caption {
                                    Accessible.ignored: true
                                    Layout.fillWidth: true
                                    color: Theme.ink
                                    text: requirement.text
                                }
                            }

                            onClicked: root.desk.tickRequirement(requirement.number)
                        }
                    }
                }
            }
        }
    }
}
