import QtQuick

/** Text in the type scale: the one thing a screen says. Wraps, never elides; names from data are never read as markup. */
Text {
    color: Theme.ink
    font: Theme.title
    lineHeight: Theme.lineHeightTight
    textFormat: Text.PlainText
    wrapMode: Text.Wrap
}
