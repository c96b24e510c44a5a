import QtQuick
import QtQuick.Layouts
import Giliran
import ui.components

/** The simulated printer's window: for whoever tries the kiosk at a desk, never for visitors. */
Window {
    id: root

    required property SlipTray tray
    /** Millimetres of the kiosk's panel beside it, so that both windows speak in one size. */
    readonly property real panelHeight: 598

    color: Theme.primaryTint
    objectName: "slipTrayWindow"
    title: qsTr("Giliran: printer tiruan")

    Binding {
        property: "mm"
        target: Theme
        value: root.height / root.panelHeight
    }

    ColumnLayout {
        anchors.fill: parent
        anchors.margins: Theme.spaceM
        spacing: Theme.spaceS

        Heading {
            Layout.fillWidth: true
            text: qsTr("Printer tiruan")
        }

        Caption {
            Layout.fillWidth: true
            text: root.tray.folder
            wrapMode: Text.WrapAnywhere
        }

        // The slot that slips come out of.
        Rectangle {
            Layout.fillWidth: true
            Layout.preferredHeight: Theme.spaceXS
            color: Theme.ink
            radius: height / 2
        }

        Item {
            Layout.fillHeight: true
            Layout.fillWidth: true

            Image {
                anchors.fill: parent
                cache: false
                fillMode: Image.PreserveAspectFit
                mipmap: true
                objectName: "slip"
                source: root.tray.slipSource
                verticalAlignment: Image.AlignTop
            }

            Body {
                text: qsTr("Belum ada tiket. Tiket yang tercetak muncul di sini.")
                visible: root.tray.slipSource === ""
                width: parent.width
            }
        }

        PressButton {
            Layout.fillWidth: true
            enabled: root.tray.slipSource !== ""
            objectName: "holdButton"
            text: qsTr("Dekatkan ke pemindai anjungan")

            onClicked: root.tray.holdBeforeScanner()
        }

        PressButton {
            Layout.fillWidth: true
            enabled: root.tray.slipSource !== ""
            objectName: "copyButton"
            text: qsTr("Salin isi kode QR")

            onClicked: root.tray.copyCode()
        }

        RowLayout {
            Layout.fillWidth: true
            spacing: Theme.gap

            PressButton {
                Layout.fillWidth: true
                Layout.preferredWidth: 1
                objectName: "coverButton"
                text: root.tray.isCoverOpen ? qsTr("Tutup penutup") : qsTr("Buka penutup")

                onClicked: root.tray.toggleCover()
            }

            PressButton {
                Layout.fillWidth: true
                Layout.preferredWidth: 1
                objectName: "rollButton"
                text: root.tray.isOutOfPaper ? qsTr("Pasang kertas") : qsTr("Ambil kertas")

                onClicked: root.tray.toggleRoll()
            }
        }
    }
}
