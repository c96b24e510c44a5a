pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Layouts
import Giliran
import ui.components

/** What the machine says of itself. All that can be changed here is an estimate: a new roll of paper begins. */
FocusScope {
    id: root

    required property KioskViewModel kiosk

    focus: true
    objectName: "screen_Technician"

    Rectangle {
        anchors.fill: parent
        color: Theme.paper
    }

    ColumnLayout {
        anchors.fill: parent
        anchors.margins: Theme.margin
        anchors.rightMargin: 0
        spacing: Theme.spaceM

        PageHead {
            Layout.fillWidth: true
            Layout.rightMargin: Theme.margin
            icon: "wrench"
            subtitle: qsTr("Keadaan mesin saat ini")
            title: qsTr("Teknisi")
        }

        ScrollArea {
            Layout.fillHeight: true
            Layout.fillWidth: true
            gutter: Theme.margin

            Repeater {
                model: root.kiosk.technicianRows

                Card {
                    id: fact

                    required property string group
                    required property string level
                    required property string name
                    required property int rollOf
                    required property string value
                    readonly property color tone: fact.level === "error" ? Theme.warning : fact.level === "ok" ? Theme.good : Theme.ink

                    Accessible.name: Words.line([fact.group, fact.name, fact.value])
                    Accessible.role: Accessible.StaticText
                    Layout.fillWidth: true
                    fill: fact.level === "error" ? Theme.warningTint : fact.level === "warning" ? Theme.accentTint : Theme.card
                    padding: Theme.spaceS

                    contentItem: RowLayout {
                        spacing: Theme.spaceS

                        Icon {
                            color: fact.tone
                            name: fact.level === "ok" ? "check-circle" : fact.level === "fact" ? "" : "warning"
                        }

                        ColumnLayout {
                            Layout.preferredWidth: 2
                            spacing: 0

                            Caption {
                                Accessible.ignored: true
                                Layout.fillWidth: true
                                text: fact.group
                            }

                            Name {
                                Accessible.ignored: true
                                Layout.fillWidth: true
                                text: fact.name
                            }
                        }

                        GridLayout {
                            Layout.preferredWidth: 3
                            columnSpacing: Theme.spaceS
                            columns: Theme.textScale > 1.5 ? 1 : 2
                            rowSpacing: Theme.spaceXS

                            Body {
                                Accessible.ignored: true
                                Layout.fillWidth: true
                                color: fact.tone
                                text: fact.value
                            }

                            PressButton {
                                font: Theme.captionStrong
                                objectName: "changeRoll_" + fact.rollOf
                                spokenName: Words.line([fact.group, text])
                                text: qsTr("Kertas diganti")
                                visible: fact.rollOf >= 0

                                onClicked: root.kiosk.changeRoll(fact.rollOf)
                            }
                        }
                    }
                }
            }
        }

        RowLayout {
            Layout.fillHeight: false
            Layout.rightMargin: Theme.margin
            spacing: Theme.spaceS

            PressButton {
                Layout.fillHeight: true
                icon: "translate-bold"
                objectName: "technicianLanguage"
                text: root.kiosk.language === "id" ? "English" : "Indonesia"

                onClicked: root.kiosk.setLanguage(root.kiosk.language === "id" ? "en" : "id")
            }

            PressButton {
                Layout.fillWidth: true
                focus: true
                kind: PressButton.Primary
                large: true
                objectName: "closeTechnicianButton"
                text: qsTr("Tutup")

                onClicked: root.kiosk.closeTechnician()
            }
        }
    }
}
