import QtQuick
import QtQuick.Layouts

/** The two letters and the colour by which an agency is known all over the hall. */
Rectangle {
    id: root

    required property string letters
    required property color tileColor
    property int size: Theme.monogram

    Accessible.ignored: true
    Layout.minimumHeight: root.size
    Layout.minimumWidth: root.size
    border.color: Theme.ink
    border.width: Theme.highContrast ? Theme.strokeThin : 0
    color: Theme.highContrast ? Theme.card : root.tileColor
    implicitHeight: root.size
    implicitWidth: root.size
    radius: Math.round(root.size * 0.26)

    Text {
        anchors.centerIn: parent
        color: Theme.heroInk
        font.family: Theme.family
        font.pixelSize: Math.round(root.size * (root.letters.length > 2 ? 0.32 : 0.4))
        font.weight: Font.ExtraBold
        text: root.letters
        textFormat: Text.PlainText
    }
}
