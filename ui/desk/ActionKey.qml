import QtQuick
import QtQuick.Layouts
import ui.components

/** One thing to do, and the key that does it. Why it cannot be done now is told to assistive technology and on hovering. */
Pressable {
    id: root

    required property string command
    required property string cap
    required property string text
    required property string icon
    required property bool isPossible
    required property bool isMain
    required property string reason
    readonly property color ink: !root.isPossible ? Theme.disabledInk : root.isMain ? Theme.primaryInk : Theme.primary

    Accessible.description: root.reason
    enabled: root.isPossible
    focusPolicy: Qt.TabFocus
    objectName: "action_" + root.command
    padding: Theme.spaceXS * 2
    radius: Theme.radiusSmall
    spokenName: root.text

    background: Slab {
        down: root.down
        edge: !root.isPossible ? Theme.hairline : root.isMain ? Theme.primaryDeep : Theme.primary
        fill: !root.isPossible ? Theme.disabled : root.isMain ? Theme.primary : root.down ? Theme.primaryTint : Theme.card
        lift: root.isPossible ? Theme.lift : 0
        radius: root.radius
    }
    contentItem: ColumnLayout {
        spacing: Theme.spaceXS

        RowLayout {
            Layout.fillWidth: true
            spacing: Theme.spaceXS

            KeyCap {
                ink: root.ink
                text: root.cap
            }

            Item {
                Layout.fillWidth: true
            }

            Icon {
                color: root.ink
                name: root.icon
                size: Theme.iconSmall
            }
        }

        Text {
            Accessible.ignored: true
            Layout.fillHeight: true
            Layout.fillWidth: true
            color: root.ink
            elide: Text.ElideRight
            font: root.isPossible ? Theme.captionStrong : Theme.caption
            lineHeight: Theme.lineHeightTight
            maximumLineCount: 2
            text: root.text
            textFormat: Text.PlainText
            verticalAlignment: Text.AlignVCenter
            wrapMode: Text.Wrap
        }
    }
}
