import QtQuick
import QtQuick.Layouts
import Giliran
import ui.components

/** Nobody is here yet: the whole screen is the door. */
FocusScope {
    id: root

    required property KioskViewModel kiosk
    readonly property bool portrait: root.height > root.width
    /** Large words leave room for what matters most only. */
    readonly property bool crowded: Theme.textScale > 1.5
    /** A lying panel has no room for two bands and what leads up to them. */
    readonly property bool squeezed: !root.portrait && root.kiosk.hasScanner && root.ahead !== ""
    readonly property string ahead: Words.printerTroubleAhead(root.kiosk.printerTrouble)

    focus: true
    objectName: "screen_Attract"

    component Step: RowLayout {
        id: step

        required property string icon
        required property string text

        Layout.fillWidth: true
        spacing: Theme.spaceM

        IconChip {
            icon: step.icon
            size: Math.round(Theme.iconLarge * 1.2)
        }

        Heading {
            Layout.fillWidth: true
            text: step.text
        }
    }

    Rectangle {
        anchors.fill: parent
        color: Theme.paper
    }

    Rectangle {
        id: wall

        color: Theme.hero
        height: greeting.implicitHeight + Theme.margin * (root.portrait ? 3 : 2)
        width: parent.width

        ColumnLayout {
            id: greeting

            anchors.bottom: parent.bottom
            anchors.bottomMargin: Theme.margin
            anchors.left: parent.left
            anchors.leftMargin: Theme.margin
            anchors.right: parent.right
            anchors.rightMargin: Theme.margin
            spacing: Theme.spaceM

            RowLayout {
                Layout.bottomMargin: root.portrait ? Theme.margin * 2 : Theme.spaceM
                spacing: Theme.spaceM

                Mark {
                    size: Math.round(Theme.monogram * 1.25)
                }

                ColumnLayout {
                    spacing: 0

                    Flow {
                        Layout.fillWidth: true
                        spacing: Theme.spaceS

                        Text {
                            color: Theme.heroInk
                            font: Theme.chromeTitle
                            text: root.kiosk.siteName
                            textFormat: Text.PlainText
                            width: Math.min(implicitWidth, parent.width)
                            wrapMode: Text.Wrap
                        }

                        DemonstrationTag {
                            visible: root.kiosk.isDemonstration
                        }
                    }

                    Text {
                        Layout.fillWidth: true
                        color: Theme.heroSoftInk
                        font: Theme.chrome
                        text: Words.line([root.kiosk.dateText, root.kiosk.clockText])
                        textFormat: Text.PlainText
                        wrapMode: Text.Wrap
                    }
                }
            }

            Text {
                Layout.fillWidth: true
                color: Theme.heroInk
                font: Theme.poster
                lineHeight: Theme.lineHeightTight
                text: root.portrait ? qsTr("Selamat datang.\nMau urus apa\nhari ini?") : qsTr("Selamat datang.\nMau urus apa hari ini?")
                textFormat: Text.PlainText
                wrapMode: Text.Wrap
            }
        }
    }

    GigiBalang {
        anchors.top: wall.bottom
        width: parent.width
    }

    MouseArea {
        Accessible.ignored: true
        anchors.fill: parent
        objectName: "attractArea"

        onClicked: root.kiosk.start()
    }

    ColumnLayout {
        anchors.bottom: parent.bottom
        anchors.left: parent.left
        anchors.bottomMargin: root.crowded ? Theme.spaceM : Theme.margin
        anchors.margins: Theme.margin
        anchors.right: parent.right
        anchors.top: wall.bottom
        anchors.topMargin: (root.crowded ? Theme.spaceS : Theme.margin) + Theme.toothDepth
        spacing: Theme.spaceM

        GridLayout {
            Layout.fillHeight: true
            Layout.fillWidth: true
            columnSpacing: Theme.margin
            columns: root.portrait ? 1 : 3
            rowSpacing: Theme.spaceL
            uniformCellWidths: true
            visible: !root.crowded && !root.squeezed

            Step {
                icon: "magnifying-glass"
                text: qsTr("Sebut keperluan Anda dengan kata sendiri")
            }

            Step {
                icon: "ticket"
                text: qsTr("Ambil satu nomor untuk semua layanan")
            }

            Step {
                icon: "megaphone"
                text: qsTr("Duduk dan tunggu, Anda pasti dipanggil")
            }
        }

        Item {
            Layout.fillHeight: true
        }

        InfoBand {
            Layout.fillWidth: true
            heading: root.portrait && !root.crowded ? qsTr("Sudah punya tiket?") : ""
            icon: "scan"
            objectName: "scannerBand"
            text: heading === "" ? qsTr("Sudah punya tiket? Dekatkan ke pemindai.") : qsTr("Dekatkan kode QR-nya ke pemindai untuk melihat antrean Anda.")
            visible: root.kiosk.hasScanner && !(root.crowded && root.ahead !== "")
        }

        InfoBand {
            Layout.fillWidth: true
            icon: "printer"
            kind: InfoBand.Warning
            objectName: "printerBand"
            text: root.ahead === "" || root.crowded ? root.ahead : Words.sentences([root.ahead, Words.staff(root.kiosk.staffTold)])
            visible: text !== ""
        }

        GridLayout {
            Layout.fillHeight: false
            Layout.fillWidth: true
            columnSpacing: Theme.spaceM
            columns: root.portrait ? 1 : 2
            rowSpacing: Theme.spaceM

            PressButton {
                id: start

                Layout.fillWidth: true
                Layout.preferredHeight: Math.max(implicitHeight, Math.round(Theme.targetLarge * 1.35))
                Layout.preferredWidth: 3
                icon: "hand-tap-bold"
                kind: PressButton.Accent
                large: true
                objectName: "attractStart"
                text: qsTr("Sentuh untuk mulai")

                onClicked: root.kiosk.start()
            }

            PressButton {
                Layout.fillWidth: true
                Layout.preferredHeight: root.portrait ? implicitHeight : start.height
                Layout.preferredWidth: 1
                icon: "translate-bold"
                objectName: "startOtherLanguage"
                text: root.kiosk.language === "id" ? "English" : "Bahasa Indonesia"

                onClicked: {
                    root.kiosk.setLanguage(root.kiosk.language === "id" ? "en" : "id");
                    root.kiosk.start();
                }
            }
        }
    }

    TechnicianDoor {
        anchors.left: parent.left
        anchors.top: parent.top

        onOpened: root.kiosk.openTechnician()
    }
}
