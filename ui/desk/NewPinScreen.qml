import QtQuick
import QtQuick.Layouts
import ui.components

/** A PIN that somebody else has given is replaced, twice the same. */
PinPanel {
    id: root

    readonly property bool isSame: again.text === "" || again.text.length < 6 || again.text === pin.text
    readonly property bool isComplete: pin.text.length === 6 && again.text === pin.text && !root.desk.isBusy

    function enter() {
        if (root.isComplete) {
            root.desk.chooseNewPin(pin.text);
            pin.clear();
            again.clear();
            pin.forceActiveFocus();
        }
    }

    objectName: "screen_NewPin"
    problem: root.isSame ? root.desk.signInText : qsTr("Kedua PIN tidak sama.")
    text: qsTr("Enam angka. Bukan angka kembar, berurutan, atau tanggal.")
    title: qsTr("Buat PIN sendiri")

    Component.onCompleted: pin.forceActiveFocus()

    Name {
        text: qsTr("PIN baru")
    }

    TextLine {
        id: pin

        Layout.fillWidth: true
        isPin: true
        objectName: "newPinField"
        spokenName: qsTr("PIN baru")

        onAccepted: again.forceActiveFocus()
    }

    Name {
        text: qsTr("Sekali lagi")
    }

    TextLine {
        id: again

        Layout.fillWidth: true
        isPin: true
        objectName: "newPinAgainField"
        spokenName: qsTr("PIN baru, sekali lagi")

        onAccepted: root.enter()
    }

    RowLayout {
        Layout.fillWidth: true
        spacing: Theme.spaceM

        PressButton {
            objectName: "newPinBackButton"
            text: qsTr("Kembali")

            onClicked: root.desk.forgetSignIn()
        }

        PressButton {
            Layout.fillWidth: true
            enabled: root.isComplete
            kind: PressButton.Primary
            objectName: "newPinButton"
            text: qsTr("Simpan dan masuk")

            onClicked: root.enter()
        }
    }
}
