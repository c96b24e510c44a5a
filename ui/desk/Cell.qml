import QtQuick
import QtQuick.Layouts
import ui.components

/** One field of a table. */
Text {
    id: root

    property bool isHead: false
    property bool isLeft: false
    property bool isStrong: false
    property bool isLate: false

    Accessible.ignored: true
    Layout.preferredWidth: 46 * Theme.mm
    color: root.isLate ? Theme.warning : root.isHead ? Theme.softInk : Theme.ink
    elide: Text.ElideRight
    font: root.isHead || root.isStrong || root.isLate || root.isLeft ? Theme.captionStrong : Theme.caption
    horizontalAlignment: root.isLeft ? Text.AlignLeft : Text.AlignRight
    textFormat: Text.PlainText
}
