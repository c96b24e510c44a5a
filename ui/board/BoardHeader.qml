import QtQuick
import Giliran
import ui.components

/** Which hall and zone this is, and what time it is. */
Rectangle {
    id: root

    required property BoardViewModel board

    color: Theme.hero

    Mark {
        id: mark

        anchors.left: parent.left
        anchors.leftMargin: Math.round(root.height * 0.3)
        anchors.verticalCenter: parent.verticalCenter
        size: Math.round(root.height * 0.62)
    }

    Column {
        anchors.left: mark.right
        anchors.leftMargin: Math.round(root.height * 0.26)
        anchors.right: clock.left
        anchors.rightMargin: Math.round(root.height * 0.3)
        anchors.verticalCenter: parent.verticalCenter

        Text {
            color: Theme.heroInk
            elide: Text.ElideRight
            font: Theme.type(root.height * (zone.visible ? 0.2 : 0.28) / Theme.mm, Font.ExtraBold, -0.02, 0)
            text: root.board.siteName
            textFormat: Text.PlainText
            width: parent.width
        }

        Text {
            id: zone

            color: Theme.heroSoftInk
            elide: Text.ElideRight
            font: Theme.type(root.height * 0.17 / Theme.mm, Font.DemiBold, 0, 0)
            objectName: "zoneName"
            text: BoardWords.pair(root.board.zoneName, root.board.zoneNameEn)
            textFormat: Text.PlainText
            visible: text !== ""
            width: parent.width
        }
    }

    Text {
        id: clock

        anchors.right: parent.right
        anchors.rightMargin: Math.round(root.height * 0.36)
        anchors.top: parent.top
        anchors.topMargin: Math.round(root.height * 0.02)
        color: Theme.heroInk
        font: Theme.type(root.height * 0.36 / Theme.mm, Font.ExtraBold, -0.02, 0)
        objectName: "clock"
        text: root.board.clock
        textFormat: Text.PlainText
    }

    Text {
        anchors.bottom: parent.bottom
        anchors.bottomMargin: Math.round(root.height * 0.08)
        anchors.right: clock.right
        color: Theme.heroSoftInk
        font: Theme.type(root.height * 0.13 / Theme.mm, Font.DemiBold, 0, 0)
        text: root.board.date
        textFormat: Text.PlainText
    }
}
