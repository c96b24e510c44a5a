import QtQuick

/** The body of a control: a face on a thicker edge. It stands up from the paper and sinks when pressed. */
Item {
    id: root

    property color fill: Theme.card
    property color edge: Theme.edge
    property int edgeWidth: Theme.strokeThin
    property real radius: Theme.radius
    property int lift: Theme.lift
    property bool down: false

    Rectangle {
        anchors.fill: parent
        anchors.topMargin: root.down ? root.lift : 0
        color: root.edge
        radius: root.radius
    }

    Rectangle {
        anchors.fill: parent
        anchors.bottomMargin: root.down ? 0 : root.lift
        anchors.topMargin: root.down ? root.lift : 0
        border.color: root.edge
        border.width: root.edgeWidth
        color: root.fill
        radius: root.radius
    }
}
