import QtQuick
import QtQuick.Controls.Basic
import QtQuick.Layouts

/** One thing worth knowing before going on. */
Control {
    id: root

    enum Kind { Info, Good, Warning }

    property int kind: InfoBand.Info
    property string icon: root.kind === InfoBand.Warning ? "warning" : "info"
    property string heading
    property string text
    property int iconSize: root.heading === "" ? Theme.icon : Theme.iconLarge

    readonly property color tone: root.kind === InfoBand.Warning ? Theme.warning : root.kind === InfoBand.Good ? Theme.good : Theme.primary

    Accessible.name: Words.line([root.heading, root.text])
    Accessible.role: Accessible.StaticText
    horizontalPadding: Theme.spaceM
    verticalPadding: Theme.spaceS

    background: Rectangle {
        border.color: root.tone
        border.width: Theme.highContrast ? Theme.stroke : 0
        color: root.kind === InfoBand.Warning ? Theme.warningTint : root.kind === InfoBand.Good ? Theme.goodTint : Theme.accentTint
        radius: Theme.radius
    }
    contentItem: RowLayout {
        spacing: Theme.spaceM

        Icon {
            color: root.tone
            name: root.icon
            size: root.iconSize
        }

        ColumnLayout {
            spacing: 0

            Heading {
                Accessible.ignored: true
                Layout.fillWidth: true
                text: root.heading
                visible: text !== ""
            }

            Body {
                Accessible.ignored: true
                Layout.fillWidth: true
                color: Theme.ink
                text: root.text
                visible: text !== ""
            }
        }
    }
}
