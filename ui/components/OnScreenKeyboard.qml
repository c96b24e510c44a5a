pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Layouts

/** Our own keyboard: digits and letters in the order of Indonesian keyboards, every key a finger wide. */
ColumnLayout {
    id: root

    readonly property list<string> rows: ["1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm"]
    property int keyHeight: Math.round(Theme.target * 1.2)

    signal typed(text: string)
    signal erased

    Accessible.name: qsTr("Papan ketik")
    Accessible.role: Accessible.Grouping
    spacing: Theme.gap

    component Key: PressButton {
        Layout.fillHeight: true
        Layout.fillWidth: true
        Layout.preferredHeight: root.keyHeight
        Layout.preferredWidth: 1
        font: Theme.key
        horizontalPadding: 0
        radius: Theme.radiusSmall
    }

    Repeater {
        model: root.rows

        RowLayout {
            id: line

            required property int index
            required property string modelData
            /** Shorter rows are centred by half keys left and right. */
            readonly property real inset: (10 - line.modelData.length) / 2
            readonly property bool last: line.index === root.rows.length - 1

            spacing: Theme.gap

            Item {
                Layout.fillWidth: true
                Layout.preferredWidth: line.inset
                visible: line.inset > 0 && !line.last
            }

            Repeater {
                model: line.modelData.split("")

                Key {
                    required property string modelData

                    Layout.preferredWidth: 1
                    objectName: "key_" + modelData
                    spokenName: modelData
                    text: modelData.toUpperCase()

                    onClicked: root.typed(modelData)
                }
            }

            Key {
                Layout.preferredWidth: 3
                icon: "backspace-bold"
                kind: PressButton.Quiet
                objectName: "key_backspace"
                spokenName: qsTr("Hapus satu huruf")
                visible: line.last

                onClicked: root.erased()
            }

            Item {
                Layout.fillWidth: true
                Layout.preferredWidth: line.inset
                visible: line.inset > 0 && !line.last
            }
        }
    }

    Key {
        objectName: "key_space"
        spokenName: qsTr("Spasi")
        text: qsTr("Spasi")

        onClicked: root.typed(" ")
    }
}
