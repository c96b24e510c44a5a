pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Layouts
import Giliran
import ui.components

/** A question over the screen: a field, choices, or both. Arrows and Enter, or the digit beside a choice; Esc leaves. */
FocusScope {
    id: root

    required property DeskViewModel desk
    readonly property DeskQuestion question: root.desk.question
    readonly property bool isList: choices.count > 0

    function take(key: string) {
        root.desk.answer(key, field.text);
    }

    function accept() {
        if (root.isList && root.question.name !== "set_queues")
            root.take(choices.currentKey());
        else if (root.question.confirm !== "" || root.question.hasField)
            root.take("");
    }

    focus: true
    objectName: "question_" + root.question.name

    Component.onCompleted: (root.question.hasField ? field : root.isList ? choices : confirm).forceActiveFocus()
    Keys.onPressed: event => {
        const digit = event.key - Qt.Key_0;
        if (!root.question.hasField && digit >= 1 && digit <= 9 && digit <= choices.count) {
            root.take(choices.keyAt(digit - 1));
            event.accepted = true;
        }
    }

    Connections {
        function onNameChanged() {
            field.text = root.question.initial;
            (root.question.hasField ? field : root.isList ? choices : confirm).forceActiveFocus();
        }

        target: root
    }

    property string name: root.question.name

    Rectangle {
        anchors.fill: parent
        color: Theme.scrim

        MouseArea {
            anchors.fill: parent
            hoverEnabled: true
        }
    }

    Card {
        anchors.centerIn: parent
        edge: Theme.edge
        padding: Theme.spaceL
        width: Math.min(parent.width * 0.9, 400 * Theme.mm)

        contentItem: ColumnLayout {
            spacing: Theme.spaceS

            RowLayout {
                spacing: Theme.spaceS

                Title {
                    Layout.fillWidth: true
                    objectName: "questionTitle"
                    text: root.question.title
                }

                KeyCap {
                    text: "Esc"
                }
            }

            Body {
                Layout.fillWidth: true
                color: Theme.softInk
                objectName: "questionText"
                text: root.question.text
                visible: text !== ""
            }

            TextLine {
                id: field

                Layout.fillWidth: true
                maximumLength: root.question.most
                objectName: "questionField"
                placeholderText: root.question.hint
                spokenName: root.question.title
                text: root.question.initial
                validator: root.question.isDigits ? digits : null
                visible: root.question.hasField

                Keys.onDownPressed: choices.step(1)
                Keys.onUpPressed: choices.step(-1)
                onAccepted: root.accept()
                onTextEdited: root.desk.typeInQuestion(text)

                RegularExpressionValidator {
                    id: digits

                    regularExpression: /[0-9]{0,4}/
                }
            }

            ListView {
                id: choices

                function step(by: int) {
                    currentIndex = Math.max(0, Math.min(count - 1, currentIndex + by));
                }

                function keyAt(place: int): string {
                    const item = itemAtIndex(place) as Choice;
                    return item ? item.key : "";
                }

                function currentKey(): string {
                    return keyAt(Math.max(0, currentIndex));
                }

                Accessible.name: root.question.title
                Accessible.role: Accessible.List
                Layout.fillWidth: true
                Layout.preferredHeight: Math.min(contentHeight, 290 * Theme.mm)
                activeFocusOnTab: true
                boundsBehavior: Flickable.StopAtBounds
                // Nothing is made ahead: a scan may close the question at any moment, and with it what is being made.
                cacheBuffer: 0
                clip: true
                highlightMoveDuration: 0
                model: root.question.choices
                objectName: "choices"
                visible: count > 0

                delegate: Choice {
                    isTickable: root.question.name === "set_queues"
                    width: choices.width

                    onChosen: root.take(key)
                }

                Keys.onReturnPressed: root.take(choices.currentKey())
                Keys.onEnterPressed: root.take(choices.currentKey())
                onCountChanged: currentIndex = 0
            }

            Pressable {
                id: toggle

                Accessible.checkable: true
                Accessible.checked: root.question.isToggled
                Accessible.role: Accessible.CheckBox
                Layout.fillWidth: true
                objectName: "questionToggle"
                padding: Theme.spaceS
                radius: Theme.radiusSmall
                spokenName: root.question.toggle
                visible: root.question.toggle !== ""

                background: Rectangle {
                    border.color: Theme.edge
                    border.width: Theme.strokeThin
                    color: root.question.isToggled ? Theme.goodTint : Theme.card
                    radius: toggle.radius
                }
                contentItem: RowLayout {
                    spacing: Theme.spaceS

                    Icon {
                        color: root.question.isToggled ? Theme.good : Theme.hairline
                        name: "check-circle"
                    }

                    Name {
                        Accessible.ignored: true
                        Layout.fillWidth: true
                        text: root.question.toggle
                    }
                }

                onClicked: root.desk.toggleInQuestion(!root.question.isToggled)
            }

            RowLayout {
                spacing: Theme.spaceS

                PressButton {
                    objectName: "questionCancel"
                    text: qsTr("Batal")

                    onClicked: root.desk.dismiss()
                }

                PressButton {
                    id: confirm

                    Layout.fillWidth: true
                    kind: PressButton.Primary
                    objectName: "questionConfirm"
                    text: root.question.confirm
                    visible: root.question.confirm !== ""

                    onClicked: root.take("")
                }
            }
        }
    }
}
