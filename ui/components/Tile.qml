import QtQuick

/** A card to press. */
Pressable {
    id: root

    property color fill: Theme.card
    property bool chosen: false

    bottomPadding: Theme.tilePadding + (root.down ? 0 : Theme.lift)
    horizontalPadding: Theme.spaceS
    implicitHeight: Math.max(Theme.targetLarge, implicitContentHeight + topPadding + bottomPadding)
    topPadding: Theme.tilePadding + (root.down ? Theme.lift : 0)

    background: Slab {
        down: root.down
        edge: !root.enabled ? Theme.hairline : root.chosen ? Theme.primary : Theme.edge
        edgeWidth: root.chosen ? Theme.stroke * 2 : Theme.strokeThin
        fill: !root.enabled ? Theme.disabled : root.down || root.chosen ? Theme.primaryTint : root.fill
        radius: root.radius
    }
}
