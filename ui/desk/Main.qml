pragma ComponentBehavior: Bound

import QtQuick
import Giliran
import ui.components

/** The officer's window. Shows the one screen that the view model names; decides nothing. */
Window {
    id: root

    required property DeskViewModel desk
    readonly property list<Component> screens: [notice, signIn, newPin, locked, work, hall]
    readonly property bool isAsked: root.desk.question.name !== ""

    color: Theme.paper
    height: Theme.deskHeight
    objectName: "deskWindow"
    title: "Giliran: loket"
    width: Theme.deskWidth

    Binding {
        property: "animated"
        target: Theme
        value: false
    }

    Binding {
        property: "highContrast"
        target: Theme
        value: root.desk.highContrast
    }

    Binding {
        property: "wide"
        target: Theme
        value: true
    }

    Binding {
        property: "mm"
        target: Theme
        value: root.desk.isStrip ? Theme.deskMm : Theme.deskMm * Math.max(0.75, Math.min(root.width / Theme.deskWidth, root.height / Theme.deskHeight))
    }

    FocusScope {
        id: keys

        property bool isHelpHeld: false

        anchors.fill: parent
        focus: true

        Keys.onPressed: event => {
            if (event.key === Qt.Key_F1) {
                // Held down long it repeats: a call for help that nobody hears here.
                if (event.isAutoRepeat && keys.isHelpHeld) {
                    keys.isHelpHeld = false;
                    root.desk.doCommand("alarm");
                } else if (!event.isAutoRepeat) {
                    keys.isHelpHeld = true;
                }
                event.accepted = true;
            } else if (event.key === Qt.Key_Escape) {
                root.desk.dismiss();
                event.accepted = true;
            } else if (!event.isAutoRepeat && root.desk.press(event.key, event.modifiers)) {
                event.accepted = true;
            }
        }
        Keys.onReleased: event => {
            if (event.key === Qt.Key_F1 && !event.isAutoRepeat && keys.isHelpHeld) {
                keys.isHelpHeld = false;
                root.desk.askHelp();
                event.accepted = true;
            }
        }

        Loader {
            anchors.fill: parent
            enabled: !root.isAsked
            focus: !root.isAsked
            sourceComponent: root.desk.isStrip ? strip : root.screens[root.desk.screen]
        }

        Loader {
            active: root.isAsked
            anchors.fill: parent
            focus: root.isAsked

            sourceComponent: QuestionOverlay {
                desk: root.desk
                focus: true
            }
        }
    }

    Component {
        id: notice

        NoticeScreen {
            desk: root.desk
        }
    }

    Component {
        id: signIn

        SignInScreen {
            desk: root.desk
        }
    }

    Component {
        id: newPin

        NewPinScreen {
            desk: root.desk
        }
    }

    Component {
        id: locked

        LockedScreen {
            desk: root.desk
        }
    }

    Component {
        id: work

        DeskScreen {
            desk: root.desk
        }
    }

    Component {
        id: hall

        HallScreen {
            desk: root.desk
        }
    }

    Component {
        id: strip

        StripBar {
            desk: root.desk
        }
    }
}
