import QtQuick
import QtQuick.Layouts

/** Where a visitor says what they need. On the home screen it is one big button; on the search screen it shows what was typed. */
Pressable {
    id: root

    property string query
    property bool typing: false
    readonly property string placeholder: qsTr("Tulis saja: KTP hilang, bikin SIM, pajak motor")

    signal cleared

    Accessible.role: root.typing ? Accessible.EditableText : Accessible.Button
    bottomPadding: Theme.spaceS
    horizontalPadding: Theme.spaceL
    implicitHeight: Math.max(Theme.targetLarge + Theme.spaceS, implicitContentHeight + topPadding + bottomPadding)
    spokenName: root.query === "" ? root.placeholder : root.query
    topPadding: Theme.spaceS

    background: Rectangle {
        border.color: Theme.primary
        border.width: Theme.stroke * (root.typing ? 2 : 1.5)
        color: root.down && !root.typing ? Theme.primaryTint : Theme.card
        radius: root.radius
    }
    contentItem: RowLayout {
        spacing: Theme.spaceM

        Icon {
            name: "magnifying-glass-bold"
            size: Math.round(Theme.icon * 1.15)
        }

        Item {
            Layout.fillWidth: true
            implicitHeight: words.implicitHeight

            Text {
                id: words

                Accessible.ignored: true
                color: root.query === "" ? Theme.softInk : Theme.ink
                font: root.query === "" ? Theme.body : Theme.heading
                text: root.query === "" ? root.placeholder : root.query
                textFormat: Text.PlainText
                width: parent.width
                wrapMode: Text.Wrap
            }

            Rectangle {
                readonly property rect place: root.query === "" ? Qt.rect(0, 0, 1, words.height) : Qt.rect(Math.min(words.contentWidth + Theme.strokeThin * 2, parent.width), 0, 1, words.height)

                color: Theme.primary
                height: place.height
                visible: root.typing
                width: Theme.stroke
                x: place.x - (root.query === "" ? Theme.spaceXS : 0)
            }
        }

        Pressable {
            id: clear

            implicitHeight: Theme.target
            implicitWidth: Theme.target
            objectName: "clearQuery"
            radius: Theme.radiusSmall
            spokenName: qsTr("Hapus tulisan")
            visible: root.typing && root.query !== ""

            background: Rectangle {
                color: clear.down ? Theme.hairline : Theme.primaryTint
                radius: clear.radius
            }
            contentItem: Item {
                Icon {
                    anchors.centerIn: parent
                    name: "x-bold"
                }
            }

            onClicked: root.cleared()
        }
    }
}
