import QtQuick
import QtQuick.Layouts

/** Holds more than fits. Its rail appears only when it is needed; keyboard focus is always brought into view. */
Item {
    id: root

    default property alias content: column.data
    property alias deep: rail.deep
    property alias railInset: rail.inset
    property alias spacingInside: column.spacing
    /**
     * How much of its own width, at the right, is kept for the rail. Where the rail stands outside (0), Qt may not hear
     * it: since 6.10 it skips an item for presses outside of the bounds that it remembers for all that is in it, and it
     * remembers them from before a list that was filled later.
     */
    property int gutter: 0
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
        anchors.rightMargin: root.gutter
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
