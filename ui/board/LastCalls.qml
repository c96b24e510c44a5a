pragma ComponentBehavior: Bound

import QtQuick
import Giliran
import ui.components

/** Who was called before, in one line: newest first, as many as there is room for. */
Item {
    id: root

    required property BoardViewModel board
    property int capital: 0

    clip: true
    visible: root.board.lastCount > 0

    Text {
        id: heading

        color: Theme.softInk
        font: Theme.type(root.height * 0.19 / Theme.mm, Font.Bold, 0, 0)
        text: BoardWords.pair("Dipanggil sebelumnya", "Called before")
        textFormat: Text.PlainText
    }

    ListView {
        anchors.bottom: parent.bottom
        anchors.left: parent.left
        anchors.right: parent.right
        anchors.top: heading.bottom
        anchors.topMargin: Math.round(root.height * 0.06)
        interactive: false
        model: root.board.lastCalls
        objectName: "lastCalls"
        orientation: ListView.Horizontal
        spacing: Math.round(root.height * 0.16)

        delegate: Rectangle {
            id: chip

            required property int counter
            required property string label

            color: Theme.card
            border.color: Theme.hairline
            border.width: Theme.strokeThin
            height: ListView.view.height
            opacity: x + width > ListView.view.width ? 0 : 1
            radius: Math.round(height * 0.26)
            width: words.implicitWidth + Math.round(height * 0.8)

            Row {
                id: words

                anchors.centerIn: parent
                spacing: Math.round(chip.height * 0.28)

                Text {
                    id: lastLabel

                    color: Theme.ink
                    font: Theme.type(chip.height * 0.4 / Theme.mm, Font.ExtraBold, -0.02, 0)
                    objectName: "lastLabel"
                    text: chip.label
                    textFormat: Text.PlainText
                }

                Text {
                    anchors.baseline: lastLabel.baseline
                    color: Theme.softInk
                    font: Theme.type(chip.height * 0.26 / Theme.mm, Font.Bold, 0, 0)
                    text: "Loket " + chip.counter
                    textFormat: Text.PlainText
                }
            }
        }
    }
}
