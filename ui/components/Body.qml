import QtQuick

/** Text in the type scale: what is read. Wraps, never elides; names from data are never read as markup. */
Text {
    color: Theme.ink
    font: Theme.body
    lineHeight: Theme.lineHeight
    textFormat: Text.PlainText
    wrapMode: Text.Wrap
}
