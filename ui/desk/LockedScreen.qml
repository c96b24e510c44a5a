import QtQuick
import QtQuick.Layouts
import ui.components

/** Nobody was here for a while: nothing of any visitor is shown until the officer is back. */
PinPanel {
    id: root

    function enter() {
        if (pin.text.length === 6) {
            root.desk.unlock(pin.text);
            pin.clear();
        }
    }

    objectName: "screen_Locked"
    problem: root.desk.saidHeadline === "" ? "" : Words.sentences([root.desk.saidHeadline + ".", root.desk.saidText])
    text: Words.line([root.desk.staffText, root.desk.counterText])
    title: qsTr("Layar terkunci")

    Component.onCompleted: pin.forceActiveFocus()

    Name {
        text: qsTr("PIN, enam angka")
    }

    TextLine {
        id: pin

        Layout.fillWidth: true
        isPin: true
        objectName: "unlockField"
        spokenName: qsTr("PIN, enam angka")

        onAccepted: root.enter()
    }

    RowLayout {
        Layout.fillWidth: true
        spacing: Theme.spaceM

        PressButton {
            objectName: "signOutButton"
            text: qsTr("Petugas lain")

            onClicked: root.desk.signOut()
        }

        PressButton {
            Layout.fillWidth: true
            enabled: pin.text.length === 6
            kind: PressButton.Primary
            objectName: "unlockButton"
            text: qsTr("Buka")

            onClicked: root.enter()
        }
    }
}
