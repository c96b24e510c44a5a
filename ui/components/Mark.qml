import QtQuick
import QtQuick.Layouts

/** The house's sign: a G on marigold. */
Rectangle {
    id: root

    property int size: Theme.monogram

    Accessible.ignored: true
    Layout.minimumHeight: root.size
    Layout.minimumWidth: root.size
    color: Theme.accent
    implicitHeight: root.size
    implicitWidth: root.size
    radius: Math.round(root.size * 0.26)

    Text {
        anchors.centerIn: parent
        color: Theme.accentInk
        font.family: Theme.family
        font.pixelSize: Math.round(root.size * 0.66)
        font.weight: Font.ExtraBold
        text: "G"
    }
}
