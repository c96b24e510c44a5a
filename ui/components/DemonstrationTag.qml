import QtQuick

/** Says on the deep ground that what the screen shows is a sample, not a real hall's data. */
Rectangle {
    border.color: Theme.accent
    border.width: Theme.strokeThin
    color: "transparent"
    implicitHeight: words.implicitHeight + Theme.strokeThin * 4
    implicitWidth: words.implicitWidth + Theme.spaceS * 2
    objectName: "demonstrationTag"
    radius: height / 2

    Text {
        id: words

        anchors.centerIn: parent
        color: Theme.heroInk
        font: Theme.chrome
        text: qsTr("Data contoh")
        textFormat: Text.PlainText
    }
}
