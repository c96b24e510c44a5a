import QtQuick
import QtQuick.Layouts

/** Holds more than fits. Its rail appears only when it is needed; keyboard focus is always brought into view. */
Item {
    id: root

    default property alias content: column.data
    property alias deep: rail.deep
    property alias railInset: rail.inset
    property alias spacingInside: column.spacing
    readonly property real contentHeight: column.implicitHeight

    function reveal(item: Item) {
        for (let above = item; above; above = above.parent) {
            if (above === column) {
                const top = item.mapToItem(column, 0, 0).y - Theme.spaceM;
                const bottom = top + item.height + Theme.spaceM * 2;
                if (top < flick.contentY)
                    flick.contentY = Math.max(0, top);
                else if (bottom > flick.contentY + flick.height)
                    flick.contentY = Math.min(flick.contentHeight - flick.height, bottom - flick.height);
                return;
            }
        }
    }

    Connections {
        function onActiveFocusItemChanged() {
            if (root.Window.activeFocusItem)
                root.reveal(root.Window.activeFocusItem);
        }

        target: root.Window.window
    }

    Flickable {
        id: flick

        anchors.fill: parent
        boundsBehavior: Flickable.StopAtBounds
        clip: contentHeight > height
        contentHeight: column.implicitHeight
        contentWidth: width
        flickableDirection: Flickable.VerticalFlick
        interactive: contentHeight > height

        ColumnLayout {
            id: column

            spacing: Theme.spaceS
            width: flick.width
        }
    }

    ScrollRail {
        id: rail

        view: flick
    }
}
