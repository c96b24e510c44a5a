import QtQuick
import QtQuick.Layouts

/** What this page is about: a sign, its name, and a line under it. */
RowLayout {
    id: root

    required property string title
    property string subtitle
    property string monogram
    property color tileColor: Theme.primary
    property string icon

    spacing: Theme.spaceM

    Monogram {
        Layout.alignment: Qt.AlignTop
        letters: root.monogram
        size: Math.round(Theme.monogram * 1.25)
        tileColor: root.tileColor
        visible: root.monogram !== ""
    }

    IconChip {
        Layout.alignment: Qt.AlignTop
        icon: root.icon
        size: Math.round(Theme.monogram * 1.25)
        visible: root.icon !== ""
    }

    ColumnLayout {
        spacing: Theme.spaceXS

        Title {
            Accessible.role: Accessible.Heading
            Layout.fillWidth: true
            text: root.title
        }

        Body {
            Layout.fillWidth: true
            color: Theme.softInk
            text: root.subtitle
            visible: text !== ""
        }
    }
}
