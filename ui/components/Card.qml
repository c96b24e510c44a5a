import QtQuick
import QtQuick.Controls.Basic

/** A surface that holds things together and is not pressed. */
Control {
    id: root

    property color fill: Theme.card
    property color edge: Theme.hairline

    padding: Theme.spaceM

    background: Rectangle {
        border.color: root.edge
        border.width: Theme.strokeThin
        color: root.fill
        radius: Theme.radius
    }
}
