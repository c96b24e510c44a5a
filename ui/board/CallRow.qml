import QtQuick
import ui.components

/** One who is called: the label and the counter in letters that the farthest seat reads, on two lines if need be. */
Rectangle {
    id: root

    required property int counter
    required property int floor
    required property bool hasFloor
    required property bool isFresh
    required property bool isSaid
    required property string label
    required property int lines
    required property int turn
    required property string zoneId
    property bool beat: false
    property int capital: 0
    property bool muted: false
    /** Just being announced, or new and in the bright half of the beat. */
    readonly property bool emphasised: root.isSaid || (root.isFresh && root.beat)
    readonly property color ground: root.muted ? Theme.disabled : root.emphasised ? Theme.accent : Theme.card
    readonly property color letters: root.muted ? Theme.disabledInk : root.emphasised ? Theme.accentInk : Theme.ink
    readonly property int pad: Math.round(root.capital * 0.2)
    /** From the row's middle to the middle of each of its lines. */
    readonly property int lineOffset: root.lines > 1 ? Math.round(root.capital * 0.65) : 0

    Accessible.name: root.label + ", loket " + root.counter
    Accessible.role: Accessible.StaticText
    border.color: root.emphasised ? Theme.accentDeep : Theme.hairline
    border.width: Theme.stroke
    color: root.ground
    radius: Math.round(root.capital * 0.2)

    // The band that says "new" without motion, too: colour and shape, not flashing alone.
    Rectangle {
        anchors.bottom: parent.bottom
        anchors.left: parent.left
        anchors.margins: Math.round(root.pad * 0.6)
        anchors.top: parent.top
        color: root.emphasised ? Theme.accentInk : root.muted ? Theme.hairline : Theme.hero
        radius: width / 2
        width: Math.round(root.capital * 0.08)
    }

    Text {
        id: labelText

        anchors.left: parent.left
        anchors.leftMargin: root.pad * (root.lines > 1 ? 1.4 : 1.7)
        anchors.verticalCenter: parent.verticalCenter
        anchors.verticalCenterOffset: -root.lineOffset
        color: root.letters
        font: Theme.type(root.capital / Theme.mm, Font.ExtraBold, root.lines > 1 ? -0.07 : -0.03, 0)
        // No label that can be needs to shrink (ui/board/room.py); what nobody foresaw must not run over the edge.
        fontSizeMode: root.label.length > 10 ? Text.HorizontalFit : Text.FixedSize
        minimumPixelSize: 10
        objectName: "callLabel"
        text: root.label
        textFormat: Text.PlainText
        verticalAlignment: Text.AlignVCenter
        width: (root.lines > 1 ? root.width : arrow.x) - x - root.pad * 0.5
    }

    Icon {
        id: arrow

        anchors.right: place.left
        anchors.rightMargin: root.pad
        anchors.verticalCenter: parent.verticalCenter
        anchors.verticalCenterOffset: root.lineOffset
        color: root.letters
        name: root.isSaid ? "megaphone" : "arrow-right-bold"
        objectName: root.isSaid ? "saidMark" : "wayMark"
        rotation: root.isSaid ? 0 : root.turn
        size: Math.round(root.capital * 0.58)
    }

    Column {
        id: place

        anchors.right: counterText.left
        anchors.rightMargin: Math.round(root.pad * 0.8)
        anchors.verticalCenter: parent.verticalCenter
        anchors.verticalCenterOffset: root.lineOffset
        objectName: "callPlace"
        spacing: Math.round(root.capital * 0.06)
        width: Math.max(loket.implicitWidth, floorName.implicitWidth)

        Text {
            id: loket

            color: root.letters
            font: Theme.type(root.capital * 0.27 / Theme.mm, Font.Bold, -0.01, 0)
            text: "Loket"
            textFormat: Text.PlainText
        }

        Text {
            id: floorName

            color: root.letters
            font: Theme.type(root.capital * 0.27 / Theme.mm, Font.Bold, -0.01, 0)
            objectName: "callFloor"
            text: root.hasFloor ? BoardWords.floorName(root.floor) : ""
            textFormat: Text.PlainText
            visible: text !== ""
        }

        Text {
            color: root.letters
            elide: Text.ElideRight
            font: Theme.type(root.capital * 0.17 / Theme.mm, Font.Medium, 0, 0)
            text: BoardWords.both ? "Counter" : root.zoneId
            textFormat: Text.PlainText
            visible: text !== ""
            width: parent.width
        }
    }

    Text {
        id: counterText

        anchors.right: parent.right
        anchors.rightMargin: root.pad * 1.4
        anchors.verticalCenter: parent.verticalCenter
        anchors.verticalCenterOffset: root.lineOffset
        color: root.letters
        font: Theme.type(root.capital / Theme.mm, Font.ExtraBold, -0.03, 0)
        objectName: "callCounter"
        text: root.counter
        textFormat: Text.PlainText
    }
}
