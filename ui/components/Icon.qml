import QtQuick
import QtQuick.Layouts

/** A Phosphor icon from assets/icons in any colour, drawn by `image://icon` (ui/components/icon_provider.py). */
Image {
    id: root

    required property string name
    property color color: Theme.primary
    property int size: Theme.icon

    Accessible.ignored: true
    Layout.minimumHeight: root.size
    Layout.minimumWidth: root.size
    height: root.size
    source: root.name === "" ? "" : "image://icon/" + root.name + "/" + String(root.color).substring(1)
    sourceSize: Qt.size(root.size, root.size)
    width: root.size
}
