import QtQuick

/** Time that runs out, shown calmly. */
Rectangle {
    id: root

    required property int remaining
    required property int total
    property color fill: Theme.accent
    property color ground: Theme.heroRaised

    Accessible.ignored: true
    border.color: Theme.heroInk
    border.width: Theme.highContrast ? Theme.strokeThin : 0
    color: root.ground
    implicitHeight: Math.round(Theme.gap * 1.1)
    radius: height / 2

    Rectangle {
        color: root.fill
        height: parent.height
        radius: height / 2
        width: root.total > 0 ? Math.max(height, parent.width * Math.min(1, root.remaining / root.total)) : 0
    }
}
