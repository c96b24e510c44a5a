import QtQuick
import QtQuick.Layouts

/** A button with words. */
Pressable {
    id: root

    enum Kind { Primary, Secondary, Quiet, Accent, OnHero }

    property int kind: PressButton.Secondary
    property string text
    property string icon
    /** For the one thing a screen is for. */
    property bool large: false
    property int iconGap: Theme.spaceS
    /** The icon stands above the words. */
    property bool stacked: false

    readonly property color ground: {
        if (!root.enabled)
            return Theme.disabled;
        switch (root.kind) {
        case PressButton.Primary:
            return root.down ? Theme.primaryDeep : Theme.primary;
        case PressButton.Accent:
            return Theme.accent;
        case PressButton.OnHero:
            return root.down ? Theme.heroDeep : Theme.heroRaised;
        case PressButton.Quiet:
            return Theme.primaryTint;
        default:
            return root.down ? Theme.primaryTint : Theme.card;
        }
    }
    readonly property color ink: {
        if (!root.enabled)
            return Theme.disabledInk;
        switch (root.kind) {
        case PressButton.Primary:
            return Theme.primaryInk;
        case PressButton.Accent:
            return Theme.accentInk;
        case PressButton.OnHero:
            return Theme.heroInk;
        default:
            return Theme.primary;
        }
    }
    readonly property color rim: {
        if (!root.enabled)
            return Theme.hairline;
        switch (root.kind) {
        case PressButton.Primary:
            return Theme.primaryDeep;
        case PressButton.Accent:
            return Theme.accentDeep;
        case PressButton.OnHero:
            return Theme.heroEdge;
        default:
            return Theme.primary;
        }
    }

    bottomPadding: Theme.spaceXS + (root.down ? 0 : Theme.lift)
    font: root.large ? Theme.actionLarge : Theme.action
    horizontalPadding: Theme.spaceS
    implicitHeight: Math.max(root.large ? Theme.targetLarge : Theme.foot, implicitContentHeight + topPadding + bottomPadding)
    spokenName: root.text
    topPadding: Theme.spaceXS + (root.down ? Theme.lift : 0)

    background: Slab {
        down: root.down
        edge: root.rim
        edgeWidth: root.kind === PressButton.Secondary ? Theme.stroke : Theme.strokeThin
        fill: root.ground
        lift: root.enabled ? Theme.lift : 0
        radius: root.radius
    }
    contentItem: Item {
        implicitHeight: row.implicitHeight
        implicitWidth: row.implicitWidth

        GridLayout {
            id: row

            anchors.centerIn: parent
            columnSpacing: root.iconGap
            columns: root.stacked ? 1 : 2
            rowSpacing: 0
            width: Math.min(parent.width, implicitWidth)

            Icon {
                Layout.alignment: Qt.AlignCenter
                color: root.ink
                name: root.icon
                size: root.large ? Math.round(Theme.icon * 1.25) : Theme.icon
                visible: root.icon !== ""
            }

            Text {
                Accessible.ignored: true
                Layout.fillWidth: true
                color: root.ink
                font: root.font
                horizontalAlignment: root.icon === "" || root.stacked ? Text.AlignHCenter : Text.AlignLeft
                lineHeight: Theme.lineHeightTight
                text: root.text
                textFormat: Text.PlainText
                visible: text !== ""
                wrapMode: Text.Wrap
            }
        }
    }
}
