import QtQuick
import Giliran
import ui.components

/** Hours and notices; and, when the server is away, how old all this is. */
Rectangle {
    id: root

    required property BoardViewModel board
    readonly property bool stale: root.board.ageSeconds >= 0
    readonly property real capital: root.height * 0.27 / Theme.mm

    color: root.stale ? Theme.warning : Theme.heroDeep

    Icon {
        id: mark

        anchors.left: parent.left
        anchors.leftMargin: Math.round(root.height * 0.6)
        anchors.verticalCenter: parent.verticalCenter
        color: words.color
        name: root.stale ? "warning" : root.board.isSilent ? "info" : "clock"
        size: Math.round(root.height * 0.56)
    }

    Text {
        id: words

        anchors.left: mark.right
        anchors.leftMargin: Math.round(root.height * 0.3)
        anchors.right: parent.right
        anchors.rightMargin: Math.round(root.height * 0.6)
        anchors.verticalCenter: parent.verticalCenter
        color: root.stale && Theme.highContrast ? "#000000" : Theme.heroInk
        elide: Text.ElideRight
        font: Theme.type(root.capital, Font.Bold, 0, 0)
        objectName: "footerWords"
        text: root.stale ? BoardWords.age(root.board.ageSeconds) + "  ·  " + BoardWords.pair("Ikuti panggilan petugas di loket.", "Please follow the staff at the counters.") : [root.board.hours === "" ? "" : BoardWords.pair("Jam layanan " + root.board.hours, "Service hours"), BoardWords.pair(root.board.notice, root.board.noticeEn)].filter(each => each !== "").join("   ·   ")
        textFormat: Text.PlainText
    }
}
