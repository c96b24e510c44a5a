pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Layouts
import ui.components

/** One plain question. No proof, no reason, and both answers weigh the same. */
ScreenFrame {
    id: root

    readonly property list<string> icons: ["person-simple-walk", "wheelchair", "heart", "baby-carriage", "cloud-rain"]

    bleeds: true
    objectName: "screen_Priority"

    /** The five groups of PermenPANRB 11/2024 as the ministry's letter B/37/M.PP.01/2025 lists them. */
    function group(index: int): string {
        switch (index) {
        case 0:
            return qsTr("Lanjut usia, 60 tahun ke atas");
        case 1:
            return qsTr("Penyandang disabilitas");
        case 2:
            return qsTr("Ibu hamil atau menyusui");
        case 3:
            return qsTr("Orang tua dengan anak kecil");
        default:
            return qsTr("Korban bencana");
        }
    }

    actions: GridLayout {
        // Above where the button before was: the second tap of a nervous finger must not answer unseen.
        Layout.bottomMargin: Theme.targetLarge + (root.portrait ? Theme.target + Theme.spaceL : Theme.spaceS)
        Layout.fillWidth: true
        columnSpacing: Theme.spaceM
        columns: root.portrait && Theme.textScale > 1.5 ? 1 : 2
        rowSpacing: Theme.spaceS
        uniformCellWidths: true

        PressButton {
            Layout.fillHeight: true
            Layout.fillWidth: true
            Layout.preferredHeight: Theme.targetLarge * 1.3
            enabled: !root.kiosk.busy
            font: Theme.actionLarge
            objectName: "priorityYes"
            text: qsTr("Ya, dahulukan")

            onClicked: root.kiosk.answerPriority(true)
        }

        PressButton {
            Layout.fillHeight: true
            Layout.fillWidth: true
            Layout.preferredHeight: Theme.targetLarge * 1.3
            enabled: !root.kiosk.busy
            font: Theme.actionLarge
            objectName: "priorityNo"
            text: qsTr("Tidak perlu")

            onClicked: root.kiosk.answerPriority(false)
        }
    }

    ScrollArea {
        anchors.fill: parent
        gutter: Theme.margin
        spacingInside: Theme.spaceM

        InfoBand {
            Layout.fillWidth: true
            icon: "printer"
            kind: InfoBand.Warning
            objectName: "printerBand"
            text: Words.printerTroubleAhead(root.kiosk.printerTrouble)
            visible: text !== ""
        }

        PageHead {
            Layout.fillWidth: true
            subtitle: qsTr("Anda, atau orang yang datang bersama Anda. Tanpa bukti dan tanpa menyebut alasan.")
            title: qsTr("Perlu didahulukan?")
        }

        GridLayout {
            Layout.fillWidth: true
            Layout.topMargin: Theme.spaceS
            columnSpacing: Theme.margin
            columns: root.portrait ? 1 : Theme.textScale > 1.2 ? 2 : 3
            rowSpacing: Theme.spaceM
            uniformCellWidths: true

            Repeater {
                model: root.icons

                RowLayout {
                    id: entry

                    required property int index
                    required property string modelData

                    Layout.fillWidth: true
                    spacing: Theme.spaceM

                    IconChip {
                        icon: entry.modelData
                        size: Math.round(Theme.iconLarge * 1.2)
                    }

                    Heading {
                        Layout.fillWidth: true
                        text: root.group(entry.index)
                    }
                }
            }
        }
    }
}
