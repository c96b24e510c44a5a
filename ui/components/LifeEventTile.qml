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

        IconChip {
            icon: root.icon
            size: Math.round(Theme.iconLarge * 0.9)
        }

        Name {
            Accessible.ignored: true
            Layout.fillWidth: true
            Layout.topMargin: Theme.spaceXS
            lineHeight: Theme.lineHeightTight
            text: root.eventName
        }

        Caption {
            Accessible.ignored: true
            Layout.fillWidth: true
            text: Words.services(root.serviceCount)
        }

        Item {
            Layout.fillHeight: true
        }
    }
}
