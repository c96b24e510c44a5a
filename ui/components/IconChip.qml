import QtQuick
import QtQuick.Layouts

/** An icon on a small tinted square. */
Rectangle {
    id: root

    required property string icon
    property color iconColor: Theme.primary
    property int size: Theme.iconLarge

    Layout.minimumHeight: root.size
    Layout.minimumWidth: root.size
    border.color: Theme.edge
    border.width: Theme.highContrast ? Theme.strokeThin : 0
    color: Theme.accentTint
    implicitHeight: root.size
    implicitWidth: root.size
    radius: Theme.radiusSmall

    Icon {
        anchors.centerIn: parent
        color: root.iconColor
        name: root.icon
        size: Math.round(root.size * 0.66)
    }
}
