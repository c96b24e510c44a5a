import QtQuick

/** Text in the type scale: the name of a part of a screen. Wraps, never elides; names from data are never read as markup. */
Text {
    color: Theme.ink
    font: Theme.heading
    lineHeight: Theme.lineHeight
    textFormat: Text.PlainText
    wrapMode: Text.Wrap
}
