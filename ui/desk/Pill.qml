import QtQuick
import ui.components

/** One word on the ground of its tone. */
Rectangle {
    id: root

    required property string text
    property int tone: 1
    property bool strong: false

    Accessible.name: root.text
    Accessible.role: Accessible.StaticText
    border.color: Theme.toneColor(root.tone)
    border.width: Theme.strokeThin
    color: root.strong ? Theme.toneColor(root.tone) : Theme.toneTint(root.tone)
    implicitHeight: label.implicitHeight + Theme.spaceXS * 2
    implicitWidth: label.implicitWidth + Theme.spaceS * 2
    radius: height / 2
    visible: root.text !== ""

    Text {
        id: label

        Accessible.ignored: true
        anchors.centerIn: parent
        color: root.strong ? Theme.toneInk(root.tone) : Theme.toneText(root.tone)
        elide: Text.ElideRight
        font: Theme.captionStrong
        horizontalAlignment: Text.AlignHCenter
        text: root.text
        textFormat: Text.PlainText
        width: Math.min(implicitWidth, root.width - Theme.spaceS)
    }
}
