import QtQuick
import QtQuick.Layouts
import Giliran
import ui.components

/** The simulated printer's window: for whoever tries the kiosk at a desk, never for visitors. */
Window {
    id: root

    required property SlipTray tray

    color: Theme.primaryTint
    objectName: "slipTrayWindow"
    title: qsTr("Giliran: printer tiruan")

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

        Rectangle {
            Layout.fillWidth: true
            Layout.preferredHeight: Theme.spaceXS
            color: Theme.ink
            radius: height / 2
        }

        Flickable {
            id: paper

            Layout.fillHeight: true
            Layout.fillWidth: true
            clip: true
            contentHeight: slip.height
            contentWidth: width

            Image {
                id: slip

                cache: false
                fillMode: Image.PreserveAspectFit
                horizontalAlignment: Image.AlignHCenter
                mipmap: true
                source: root.tray.slipSource
                width: paper.width
            }

            Body {
                text: qsTr("Belum ada tiket. Tiket yang tercetak muncul di sini.")
                visible: root.tray.slipSource === ""
                width: paper.width
            }
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
