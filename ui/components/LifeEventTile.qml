import QtQuick
import QtQuick.Layouts

/** A situation in life to open. */
Tile {
    id: root

    required property string eventName
    required property string icon
    required property int serviceCount

    spokenName: Words.line([root.eventName, Words.services(root.serviceCount)])

    contentItem: ColumnLayout {
        spacing: Theme.spaceXS

        RowLayout {
            spacing: Theme.spaceXS

            IconChip {
                icon: root.icon
                size: Math.round(Theme.iconLarge * 0.82)
            }

            Caption {
                Accessible.ignored: true
                Layout.alignment: Qt.AlignTop
                Layout.fillWidth: true
                horizontalAlignment: Text.AlignRight
                text: Words.services(root.serviceCount)
            }
        }

        Name {
            Accessible.ignored: true
            Layout.fillWidth: true
            lineHeight: Theme.lineHeightTight
            text: root.eventName
        }

        Item {
            Layout.fillHeight: true
        }
    }
}
