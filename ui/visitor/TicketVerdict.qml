import QtQuick
import QtQuick.Controls.Basic
import QtQuick.Layouts
import Giliran
import ui.components

/** What is known about the paper, and what to do when it did not come. */
Control {
    id: root

    required property KioskViewModel kiosk
    readonly property int outcome: root.kiosk.printOutcome
    readonly property bool asks: root.outcome === KioskViewModel.PrintOutcome.Unknown
    readonly property bool failed: root.outcome === KioskViewModel.PrintOutcome.Failed || root.outcome === KioskViewModel.PrintOutcome.Expired
    readonly property bool troubled: root.kiosk.printerTrouble !== KioskViewModel.PrinterTroubleKind.NoTrouble
    /** All is tried that the machine can do. */
    readonly property bool exhausted: !root.kiosk.canReprint && !root.troubled
    /** Large words would push the buttons out of sight: they come before them. */
    readonly property bool crowded: Theme.wide && Theme.textScale > 1.5
    /** A button fits beside the sentence. */
    readonly property bool roomy: Theme.textScale < 1.2

    Accessible.name: Words.sentences([sentence.text, more.text])
    Accessible.role: Accessible.AlertMessage
    horizontalPadding: Theme.spaceM
    verticalPadding: Theme.spaceS

    function say(outcome: int): string {
        switch (outcome) {
        case KioskViewModel.PrintOutcome.Pending:
            return qsTr("Sedang dicetak. Tiket keluar di bawah layar.");
        case KioskViewModel.PrintOutcome.Confirmed:
            return qsTr("Sudah tercetak. Ambil tiket di bawah layar.");
        case KioskViewModel.PrintOutcome.Unverified:
            return qsTr("Sudah dikirim, tetapi pencetak ini tidak dapat memastikan. Lihat di bawah layar.");
        case KioskViewModel.PrintOutcome.Unknown:
            return qsTr("Apakah tiket keluar?");
        default:
            return qsTr("Tiket tidak tercetak. Foto layar ini: nomor Anda sudah tersimpan.");
        }
    }

    /** What to do if it is not in hand, where there is more to say than the buttons do. */
    function sayMore(): string {
        if (root.failed)
            return qsTr("Setelah memotret, sentuh “Sudah saya foto” agar nomor Anda tetap dipanggil.");
        if (!root.asks && root.outcome !== KioskViewModel.PrintOutcome.Unverified)
            return "";
        if (root.troubled && root.asks)
            return Words.sentences([Words.printerTrouble(root.kiosk.printerTrouble), qsTr("Tiket mungkin keluar setelah diperbaiki."), Words.staff(root.kiosk.staffTold)]);
        return root.exhausted ? qsTr("Belum keluar juga? Foto layar ini dan panggil petugas. Nomor Anda tetap berlaku.") : "";
    }

    background: Rectangle {
        border.color: Theme.heroEdge
        border.width: Theme.strokeThin
        color: Theme.heroRaised
        radius: Theme.radius
    }
    contentItem: GridLayout {
        columns: 1
        rowSpacing: Theme.spaceS

        GridLayout {
            Layout.fillWidth: true
            Layout.row: 0
            columnSpacing: Theme.spaceM
            columns: root.roomy ? 3 : 2
            rowSpacing: Theme.spaceS

            Icon {
                color: Theme.heroInk
                name: root.failed ? "device-mobile-camera" : "printer"
                size: Theme.icon
            }

            Name {
                id: sentence

                Accessible.ignored: true
                Layout.fillWidth: true
                color: Theme.heroInk
                font: root.asks ? Theme.heading : Theme.name
                objectName: "verdict"
                text: root.kiosk.problem === "" ? root.say(root.outcome) : Words.problem(root.kiosk.problem)
            }

            PressButton {
                Layout.columnSpan: root.roomy ? 1 : 2
                Layout.fillWidth: !root.roomy
                font: Theme.captionStrong
                kind: PressButton.OnHero
                objectName: "reprintButton"
                text: qsTr("Tidak keluar?")
                visible: root.kiosk.canReprint && root.outcome === KioskViewModel.PrintOutcome.Unverified

                onClicked: root.kiosk.reprint()
            }
        }

        Caption {
            id: more

            Accessible.ignored: true
            Layout.fillWidth: true
            Layout.row: root.crowded ? 2 : 1
            color: Theme.heroSoftInk
            objectName: "verdictMore"
            text: root.sayMore()
            visible: text !== ""
        }

        RowLayout {
            Layout.fillWidth: true
            Layout.row: root.crowded ? 1 : 2
            spacing: Theme.spaceS
            uniformCellSizes: true
            visible: root.asks || root.failed

            PressButton {
                Layout.fillHeight: true
                Layout.fillWidth: true
                kind: PressButton.Accent
                objectName: "paperCameButton"
                text: qsTr("Ya, sudah")
                visible: root.asks

                onClicked: root.kiosk.paperCame()
            }

            PressButton {
                Layout.fillHeight: true
                Layout.fillWidth: true
                kind: PressButton.Accent
                objectName: "reprintButton"
                text: qsTr("Cetak ulang")
                visible: root.kiosk.canReprint

                onClicked: root.kiosk.reprint()
            }

            PressButton {
                Layout.fillHeight: true
                Layout.fillWidth: true
                kind: PressButton.Accent
                objectName: "ticketSeenButton"
                text: qsTr("Sudah saya foto")
                visible: root.failed || !root.kiosk.canReprint

                onClicked: root.kiosk.ticketSeen()
            }
        }
    }
}
