import QtQuick
import QtQuick.Layouts
import ui.components

/** The names of the columns of HallQueueRow. */
RowLayout {
    spacing: Theme.spaceS

    Cell {
        Layout.fillWidth: true
        Layout.leftMargin: Theme.spaceS
        isHead: true
        isLeft: true
        text: qsTr("Antrean")
    }

    Cell {
        isHead: true
        text: qsTr("Menunggu")
    }

    Cell {
        isHead: true
        text: qsTr("Terlama")
    }

    Cell {
        Layout.preferredWidth: 86 * Theme.mm
        isHead: true
        text: qsTr("Perkiraan")
    }

    Cell {
        isHead: true
        text: qsTr("Loket")
    }

    Cell {
        isHead: true
        text: qsTr("Selesai")
    }

    Cell {
        Layout.rightMargin: Theme.spaceS
        isHead: true
        text: qsTr("Janji")
    }
}
