import QtQuick

/** Shows where the keyboard is: a strong ring and a light one inside it, so that it stands out on any ground and no list clips it. */
Rectangle {
    id: root

    required property Item target
    property real targetRadius: Theme.radius

    anchors.fill: root.target
    border.color: Theme.focus
    border.width: Theme.focusWidth
    color: "transparent"
    radius: root.targetRadius
    z: 1

    Rectangle {
        anchors.fill: parent
        anchors.margins: Theme.focusWidth
        border.color: Theme.focusGap
        border.width: Theme.focusWidth
        color: "transparent"
        radius: Math.max(0, root.targetRadius - Theme.focusWidth)
    }
}
