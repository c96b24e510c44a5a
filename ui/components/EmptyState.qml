import QtQuick
import QtQuick.Layouts

/** Nothing to show: says why, and what to do instead. */
ColumnLayout {
    id: root

    required property string icon
    required property string heading
    property string text

    spacing: Theme.spaceS

    IconChip {
        Layout.alignment: Qt.AlignHCenter
        icon: root.icon
        size: Math.round(Theme.iconLarge * 1.4)
    }

    Heading {
        Layout.fillWidth: true
        horizontalAlignment: Text.AlignHCenter
        text: root.heading
    }

    Body {
        Layout.fillWidth: true
        color: Theme.softInk
        horizontalAlignment: Text.AlignHCenter
        text: root.text
        visible: text !== ""
    }
}
