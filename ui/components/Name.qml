import QtQuick

/** Text in the type scale: what a thing is called. Wraps, never elides; names from data are never read as markup. */
Text {
    color: Theme.ink
    font: Theme.name
    lineHeight: Theme.lineHeight
    textFormat: Text.PlainText
    wrapMode: Text.Wrap
}
