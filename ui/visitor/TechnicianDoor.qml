import QtQuick
import ui.components

/** A corner without a mark: five presses within three seconds open the technician's view, which only shows. */
MouseArea {
    id: root

    property int presses: 0

    signal opened

    Accessible.ignored: true
    height: Theme.target
    objectName: "technicianCorner"
    width: Theme.target

    onClicked: {
        patience.start();
        root.presses += 1;
        if (root.presses === 5)
            root.opened();
    }

    Timer {
        id: patience

        interval: 3000

        onTriggered: root.presses = 0
    }
}
