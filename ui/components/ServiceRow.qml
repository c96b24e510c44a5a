import QtQuick
import QtQuick.Layouts

/** A service to open, or to tick when `selectable`. */
Tile {
    id: root

    required property string serviceName
    required property string monogram
    required property color tileColor
    required property string detail
    property bool selectable: false

    Accessible.checkable: root.selectable
    Accessible.checked: root.chosen
    Accessible.role: root.selectable ? Accessible.CheckBox : Accessible.Button
    spokenName: Words.line([root.serviceName, root.detail])

    contentItem: RowLayout {
        spacing: Theme.spaceS

        Monogram {
            Layout.alignment: Qt.AlignVCenter
            letters: root.monogram
            tileColor: root.tileColor
        }

        ColumnLayout {
            spacing: 0

            Name {
                Accessible.ignored: true
                Layout.fillWidth: true
                text: root.serviceName
            }

            Caption {
                Accessible.ignored: true
                Layout.fillWidth: true
                text: root.detail
                visible: text !== ""
            }
        }

        Icon {
            name: "caret-right-bold"
            size: Theme.iconSmall
            visible: !root.selectable
        }

        Rectangle {
            Layout.minimumWidth: Layout.preferredWidth
            Layout.preferredHeight: Math.round(Theme.target * 0.8)
            Layout.preferredWidth: Math.round(Theme.target * 0.8)
            border.color: root.enabled ? Theme.primary : Theme.hairline
            border.width: Theme.stroke
            color: root.chosen ? Theme.primary : Theme.card
            radius: Theme.radiusSmall
            visible: root.selectable

            Icon {
                anchors.centerIn: parent
                color: Theme.primaryInk
                name: "check-bold"
                size: Theme.icon
                visible: root.chosen
            }
        }
    }
}
