import QtQuick

/** Shows where the keyboard is: a strong ring with a gap, so that it stands out on any ground. */
Rectangle {
    id: root

    required property Item target
    property real targetRadius: Theme.radius

    anchors.fill: root.target
    anchors.margins: -Theme.focusWidth * 2
    border.color: Theme.focus
    border.width: Theme.focusWidth
    color: "transparent"
    radius: root.targetRadius + Theme.focusWidth * 2
    z: 1

    Rectangle {
        anchors.fill: parent
        anchors.margins: Theme.focusWidth
        border.color: Theme.focusGap
        border.width: Theme.focusWidth
        color: "transparent"
        radius: root.targetRadius + Theme.focusWidth
    }
}
