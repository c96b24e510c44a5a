import QtQuick
import QtQuick.Layouts
import ui.components

/** Staff number, PIN, counter. */
PinPanel {
    id: root

    readonly property bool isComplete: staff.text !== "" && pin.text.length === 6 && root.desk.signInWaitS === 0 && !root.desk.isBusy

    function enter() {
        if (root.isComplete) {
            root.desk.signIn(staff.text, pin.text, counter.text);
            pin.clear();
            pin.forceActiveFocus();
        } else if (staff.text === "") {
            staff.forceActiveFocus();
        } else if (pin.text.length < 6) {
            pin.forceActiveFocus();
        }
    }

    objectName: "screen_SignIn"
    title: qsTr("Masuk ke loket")

    // Once: a binding would put back what was there whenever anything changes, over what is being typed.
    Component.onCompleted: {
        staff.text = root.desk.staff;
        counter.text = root.desk.counter;
        (staff.text === "" ? staff : pin).forceActiveFocus();
    }

    RowLayout {
        Layout.fillWidth: true
        spacing: Theme.spaceM

        ColumnLayout {
            Layout.fillWidth: true
            spacing: Theme.spaceXS

            Name {
                text: qsTr("Nomor petugas")
            }

            TextLine {
                id: staff

                Layout.fillWidth: true
                maximumLength: 12
                objectName: "staffField"
                spokenName: qsTr("Nomor petugas")

                onAccepted: pin.forceActiveFocus()
            }
        }

        ColumnLayout {
            Layout.maximumWidth: 90 * Theme.mm
            spacing: Theme.spaceXS

            Name {
                text: qsTr("Loket")
            }

            TextLine {
                id: counter

                Layout.fillWidth: true
                maximumLength: 4
                objectName: "counterField"
                spokenName: qsTr("Nomor loket")

                validator: RegularExpressionValidator {
                    regularExpression: /[0-9]{0,4}/
                }

                onAccepted: root.enter()
            }
        }
    }

    ColumnLayout {
        Layout.fillWidth: true
        spacing: Theme.spaceXS

        Name {
            text: qsTr("PIN, enam angka")
        }

        TextLine {
            id: pin

            Layout.fillWidth: true
            isPin: true
            objectName: "pinField"
            spokenName: qsTr("PIN, enam angka")

            onAccepted: root.enter()
        }
    }

    PressButton {
        Layout.fillWidth: true
        enabled: root.isComplete
        kind: PressButton.Primary
        large: true
        objectName: "signInButton"
        text: root.desk.signInWaitS > 0 ? qsTr("Tunggu %1 detik").arg(root.desk.signInWaitS) : root.desk.isBusy ? qsTr("Sebentar") : qsTr("Masuk")

        onClicked: root.enter()
    }
}
