import QtQuick
import QtQuick.Controls.Basic
import ui.components

/** One line to type into. */
TextField {
    id: root

    required property string spokenName
    property bool isPin: false

    Accessible.name: root.spokenName
    Accessible.passwordEdit: root.isPin
    Accessible.role: Accessible.EditableText
    color: Theme.ink
    echoMode: root.isPin ? TextInput.Password : TextInput.Normal
    font: root.isPin ? Theme.heading : Theme.name
    implicitHeight: Theme.foot
    inputMethodHints: root.isPin ? Qt.ImhDigitsOnly | Qt.ImhSensitiveData | Qt.ImhNoPredictiveText : Qt.ImhNoPredictiveText
    leftPadding: Theme.spaceS
    maximumLength: root.isPin ? 6 : 60
    placeholderTextColor: Theme.softInk
    rightPadding: Theme.spaceS
    selectByMouse: true
    selectedTextColor: Theme.primaryInk
    selectionColor: Theme.primary

    background: Rectangle {
        border.color: root.activeFocus ? Theme.focus : Theme.edge
        border.width: root.activeFocus ? Theme.focusWidth : Theme.stroke
        color: Theme.card
        radius: Theme.radiusSmall
    }
    validator: root.isPin ? digits : null

    RegularExpressionValidator {
        id: digits

        regularExpression: /[0-9]{0,6}/
    }
}
