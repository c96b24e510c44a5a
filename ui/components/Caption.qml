import QtQuick

/** Text in the type scale: the second line of a thing. Wraps, never elides; names from data are never read as markup. */
Text {
    color: Theme.softInk
    font: Theme.caption
    lineHeight: Theme.lineHeight
    textFormat: Text.PlainText
    wrapMode: Text.Wrap
}
