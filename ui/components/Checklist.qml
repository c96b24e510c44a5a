pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Layouts

/** Lines to tick off, or numbered steps to follow. */
Card {
    id: root

    required property list<string> entries
    property bool numbered: false

    bottomPadding: Theme.spaceXS
    topPadding: Theme.spaceXS

    contentItem: ColumnLayout {
        spacing: 0

        Repeater {
            model: root.entries

            ColumnLayout {
                id: entry

                required property int index
                required property string modelData

                Layout.fillWidth: true
                spacing: 0

                Rectangle {
                    Layout.fillWidth: true
                    Layout.preferredHeight: Theme.strokeThin
                    color: Theme.hairline
                    visible: entry.index > 0
                }

                RowLayout {
                    Layout.bottomMargin: Theme.spaceS
                    Layout.fillWidth: true
                    Layout.topMargin: Theme.spaceS
                    spacing: Theme.spaceS

                    Icon {
                        Layout.alignment: Qt.AlignTop
                        color: Theme.good
                        name: "check-circle"
                        size: Theme.icon
                        visible: !root.numbered
                    }

                    Rectangle {
                        Layout.alignment: Qt.AlignTop
                        Layout.minimumWidth: Theme.icon
                        Layout.preferredHeight: Theme.icon
                        Layout.preferredWidth: Theme.icon
                        color: Theme.primary
                        radius: height / 2
                        visible: root.numbered

                        Text {
                            Accessible.ignored: true
                            anchors.centerIn: parent
                            color: Theme.primaryInk
                            font.family: Theme.family
                            font.pixelSize: Math.round(Theme.icon * 0.6)
                            font.weight: Font.ExtraBold
                            text: entry.index + 1
                        }
                    }

                    Body {
                        Layout.fillWidth: true
                        text: entry.modelData
                    }
                }
            }
        }
    }
}
