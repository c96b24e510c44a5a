pragma ComponentBehavior: Bound

import QtQuick
import Giliran
import ui.components

/** The board's window, on a TV. */
Window {
    id: root

    required property BoardViewModel board
    readonly property int capital: Math.ceil(root.board.capitalMm * Theme.mm)
    readonly property int margin: Math.round(root.height * 0.03)
    readonly property bool stale: root.board.ageSeconds >= 0

    color: Theme.paper
    height: 1080
    objectName: "boardWindow"
    title: "Giliran: papan panggilan"
    width: 1920

    Binding {
        property: "mm"
        target: Theme
        value: root.width / root.board.mmWidth
    }

    Binding {
        property: "highContrast"
        target: Theme
        value: root.board.highContrast
    }

    Binding {
        property: "animated"
        target: Theme
        value: root.board.animations
    }

    Binding {
        property: "both"
        target: BoardWords
        value: root.board.isBilingual
    }

    BoardHeader {
        id: header

        anchors.left: parent.left
        anchors.right: parent.right
        board: root.board
        height: Math.round(root.height * 0.105)
    }

    GigiBalang {
        id: eaves

        anchors.left: parent.left
        anchors.right: parent.right
        anchors.top: header.bottom
        height: Math.round(root.height * 0.02)
        toothColor: Theme.hero
    }

    Text {
        id: heading

        anchors.left: parent.left
        anchors.leftMargin: root.margin
        anchors.top: eaves.bottom
        anchors.topMargin: Math.round(root.height * 0.008)
        color: root.stale ? Theme.warning : Theme.primary
        font: Theme.type(root.height * 0.025 / Theme.mm, Font.ExtraBold, -0.01, 0)
        objectName: "heading"
        text: root.stale ? BoardWords.pair("Panggilan terakhir yang diketahui", "Last known calls") + "  ·  " + BoardWords.age(root.board.ageSeconds) : BoardWords.pair("Sedang dipanggil", "Now calling")
        textFormat: Text.PlainText
        visible: root.board.screen === BoardViewModel.Screen.Calls
    }

    Row {
        anchors.right: parent.right
        anchors.rightMargin: root.margin
        anchors.verticalCenter: heading.verticalCenter
        objectName: "pages"
        spacing: Math.round(root.height * 0.012)
        visible: heading.visible && root.board.pages > 1

        Repeater {
            model: root.board.pages

            Rectangle {
                required property int index

                color: index === root.board.page ? Theme.primary : Theme.hairline
                height: Math.round(root.height * 0.016)
                radius: height / 2
                width: index === root.board.page ? height * 2.4 : height
            }
        }
    }

    ListView {
        id: calls

        readonly property int rowHeight: Math.floor((height - (root.board.rowsThatFit - 1) * spacing) / root.board.rowsThatFit)

        anchors.bottom: last.top
        anchors.bottomMargin: Math.round(root.height * 0.014)
        anchors.left: parent.left
        anchors.leftMargin: root.margin
        anchors.right: parent.right
        anchors.rightMargin: root.margin
        anchors.top: heading.bottom
        anchors.topMargin: Math.round(root.height * 0.008)
        interactive: false
        model: root.board.calls
        objectName: "calls"
        spacing: Math.round(root.capital * 0.1)
        visible: root.board.screen === BoardViewModel.Screen.Calls

        delegate: CallRow {
            beat: root.board.beat || !root.board.animations
            capital: root.capital
            height: lines > 1 && root.board.rowsThatFit > 1 ? 2 * calls.rowHeight + calls.spacing : calls.rowHeight
            muted: root.stale
            objectName: "call"
            width: calls.width
        }
    }

    Column {
        anchors.left: parent.left
        anchors.leftMargin: root.margin * 3
        anchors.right: parent.right
        anchors.rightMargin: root.margin * 3
        anchors.verticalCenter: calls.verticalCenter
        objectName: "calm"
        spacing: Math.round(root.height * 0.03)
        visible: root.board.screen !== BoardViewModel.Screen.Calls

        Icon {
            anchors.horizontalCenter: parent.horizontalCenter
            color: Theme.accentDeep
            name: root.board.screen === BoardViewModel.Screen.Closed ? "moon-stars" : root.board.screen === BoardViewModel.Screen.Quiet ? "ticket" : "clock"
            size: Math.round(root.height * 0.13)
        }

        Text {
            color: Theme.ink
            font: Theme.type(root.height * 0.05 / Theme.mm, Font.ExtraBold, -0.02, 0)
            horizontalAlignment: Text.AlignHCenter
            objectName: "calmTitle"
            text: {
                switch (root.board.screen) {
                case BoardViewModel.Screen.Connecting:
                    return "Papan sedang disambungkan";
                case BoardViewModel.Screen.Closed:
                    return "Layanan sedang tutup";
                case BoardViewModel.Screen.Away:
                    return "Papan sedang tidak tersambung";
                default:
                    return "Silakan menunggu, nomor Anda akan dipanggil";
                }
            }
            textFormat: Text.PlainText
            width: parent.width
            wrapMode: Text.Wrap
        }

        Text {
            color: Theme.softInk
            font: Theme.type(root.height * 0.026 / Theme.mm, Font.DemiBold, 0, 0)
            horizontalAlignment: Text.AlignHCenter
            text: {
                switch (root.board.screen) {
                case BoardViewModel.Screen.Connecting:
                    return BoardWords.both ? "Connecting. Please follow the staff at the counters." : "Ikuti panggilan petugas di loket.";
                case BoardViewModel.Screen.Closed:
                    return BoardWords.pair(root.board.hours === "" ? "Sampai jumpa di hari layanan berikutnya." : "Jam layanan " + root.board.hours, "We are closed");
                case BoardViewModel.Screen.Away:
                    return BoardWords.pair("Ikuti panggilan petugas di loket.", "Please follow the staff at the counters.");
                default:
                    return BoardWords.pair("Nomor dan loket tampil di sini.", "Your number and counter will appear here.");
                }
            }
            textFormat: Text.PlainText
            width: parent.width
            wrapMode: Text.Wrap
        }
    }

    LastCalls {
        id: last

        anchors.bottom: footer.top
        anchors.bottomMargin: Math.round(root.height * 0.016)
        anchors.left: parent.left
        anchors.leftMargin: root.margin
        anchors.right: parent.right
        anchors.rightMargin: root.margin
        board: root.board
        height: Math.round(root.height * 0.105)
    }

    BoardFooter {
        id: footer

        anchors.bottom: parent.bottom
        anchors.left: parent.left
        anchors.right: parent.right
        board: root.board
        height: Math.round(root.height * 0.052)
    }

    // What a technician should know, too small for anybody else.
    Text {
        anchors.bottom: footer.top
        anchors.left: parent.left
        anchors.margins: 2
        color: Theme.softInk
        elide: Text.ElideRight
        font: Theme.type(root.height * 0.014 / Theme.mm, Font.Medium, 0, 0)
        objectName: "trouble"
        text: root.board.trouble
        textFormat: Text.PlainText
        width: parent.width
    }
}
