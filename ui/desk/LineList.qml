pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Layouts
import Giliran
import ui.components

/** People who wait, were parked or were missed; Enter on one does what its hint says. */
ColumnLayout {
    id: root

    required property string title
    required property LineModel rows
    property string emptyText
    property string listName
    property int most: 100
    readonly property alias view: list

    signal chosen(key: string, label: string)

    spacing: Theme.spaceXS

    Name {
        Layout.fillWidth: true
        text: root.title
    }

    Caption {
        Layout.fillWidth: true
        text: root.emptyText
        visible: list.count === 0 && text !== ""
    }

    ListView {
        id: list

        Accessible.name: root.title
        Accessible.role: Accessible.List
        Layout.fillHeight: true
        Layout.fillWidth: true
        activeFocusOnTab: true
        boundsBehavior: Flickable.StopAtBounds
        clip: true
        implicitHeight: Math.min(contentHeight, root.most * 24 * Theme.mm)
        keyNavigationEnabled: true
        highlightMoveDuration: 0
        model: root.rows
        objectName: root.listName

        delegate: Item {
            id: row

            required property int index
            required property string key
            required property string label
            required property string service
            required property string queue
            required property string waitedText
            required property string promiseText
            required property bool isLate
            required property bool isPriority
            required property bool isBlocked
            required property string hint
            readonly property bool isCurrent: list.activeFocus && list.currentIndex === row.index

            Accessible.description: row.hint
            Accessible.name: Words.line([row.label, row.isPriority ? qsTr("Prioritas") : "", row.service, row.waitedText, row.isBlocked ? qsTr("di loket lain") : ""])
            Accessible.role: Accessible.ListItem
            height: 24 * Theme.mm
            objectName: "row_" + row.label
            width: list.width

            Keys.onReturnPressed: root.chosen(row.key, row.label)
            Keys.onEnterPressed: root.chosen(row.key, row.label)

            Rectangle {
                anchors.bottom: parent.bottom
                color: Theme.hairline
                height: Theme.strokeThin
                width: parent.width
            }

            Rectangle {
                anchors.fill: parent
                border.color: Theme.focus
                border.width: row.isCurrent ? Theme.focusWidth : 0
                color: row.isCurrent ? Theme.primaryTint : "transparent"
                radius: Theme.radiusSmall / 2
                visible: row.isCurrent
            }

            RowLayout {
                anchors.fill: parent
                anchors.leftMargin: Theme.spaceS
                anchors.rightMargin: Theme.spaceS
                spacing: Theme.spaceS

                Text {
                    Accessible.ignored: true
                    Layout.preferredWidth: 46 * Theme.mm
                    color: row.isBlocked ? Theme.softInk : Theme.primary
                    elide: Text.ElideRight
                    font: Theme.heading
                    text: row.label
                    textFormat: Text.PlainText
                }

                Icon {
                    color: Theme.ink
                    name: row.isPriority ? "heart" : ""
                    size: Theme.iconSmall
                }

                Caption {
                    Accessible.ignored: true
                    Layout.fillWidth: true
                    color: Theme.ink
                    elide: Text.ElideRight
                    maximumLineCount: 1
                    text: row.isCurrent && row.hint !== "" ? row.hint : row.isBlocked ? qsTr("Di loket lain, tempatnya tetap") : row.service
                    wrapMode: Text.NoWrap
                }

                Caption {
                    Accessible.ignored: true
                    color: row.isLate ? Theme.warning : Theme.softInk
                    font: row.isLate ? Theme.captionStrong : Theme.caption
                    text: Words.line([row.waitedText, row.promiseText])
                    wrapMode: Text.NoWrap
                }
            }

            MouseArea {
                anchors.fill: parent

                onClicked: {
                    list.currentIndex = row.index;
                    list.forceActiveFocus(Qt.MouseFocusReason);
                }
                onDoubleClicked: root.chosen(row.key, row.label)
            }
        }

        onCountChanged: currentIndex = Math.min(Math.max(0, currentIndex), count - 1)
    }
}
