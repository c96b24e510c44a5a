import QtQuick
import QtQuick.Layouts

/** One published fact: what it is about, and what it says. Says so when nothing was published. */
Card {
    id: root

    required property string icon
    required property string label
    required property string value
    property string note

    Accessible.name: root.label + ": " + (root.value === "" ? qsTr("Belum diterbitkan") : Words.line([root.value, root.note]))
    Accessible.role: Accessible.StaticText
    padding: Theme.spaceS

    contentItem: ColumnLayout {
        spacing: Theme.spaceXS

        RowLayout {
            spacing: Theme.gap

            Icon {
                name: root.icon
                size: Theme.iconSmall
            }

            Caption {
                Accessible.ignored: true
                Layout.fillWidth: true
                text: root.label
            }
        }

        Name {
            Accessible.ignored: true
            Layout.fillWidth: true
            color: root.value === "" ? Theme.softInk : Theme.ink
            font: root.value === "" ? Theme.body : Theme.name
            text: root.value === "" ? qsTr("Belum diterbitkan") : root.value
        }

        Caption {
            Accessible.ignored: true
            Layout.fillWidth: true
            text: root.note
            visible: text !== ""
        }

        Item {
            Layout.fillHeight: true
        }
    }
}
