import QtQuick
import QtQuick.Layouts

/**
 * Two large buttons and a bar that shows how much there is. For every list that may be longer than its place. It stands
 * in the margin beside the list: if it took its width from the list, the two could chase each other for ever.
 */
ColumnLayout {
    id: root

    required property Flickable view
    /** What lies between the list and the margin, such as the padding of a sheet. */
    property int inset: 0
    /** Stands on the deep ground. */
    property bool deep: false
    readonly property bool needed: root.view.contentHeight > root.view.height + 1
    readonly property real page: root.view.height * 0.8

    anchors.bottom: root.view.bottom
    anchors.left: root.view.right
    anchors.leftMargin: root.inset + Math.round((Theme.margin - Theme.target) / 2)
    anchors.top: root.view.top
    spacing: Theme.gap
    visible: root.needed

    function move(distance: real) {
        const lowest = root.view.originY;
        const highest = Math.max(lowest, root.view.originY + root.view.contentHeight - root.view.height);
        slide.stop();
        slide.to = Math.max(lowest, Math.min(highest, root.view.contentY + distance));
        slide.start();
    }

    NumberAnimation {
        id: slide

        duration: Theme.motion
        easing.type: Easing.OutCubic
        property: "contentY"
        target: root.view
    }

    PressButton {
        Layout.preferredHeight: Theme.targetLarge
        Layout.preferredWidth: Theme.target
        enabled: !root.view.atYBeginning
        horizontalPadding: 0
        icon: "caret-up-bold"
        kind: root.deep ? PressButton.OnHero : PressButton.Secondary
        spokenName: qsTr("Ke atas")
        objectName: "scrollUp"
        radius: Theme.radiusSmall

        onClicked: root.move(-root.page)
    }

    Item {
        Accessible.ignored: true
        Layout.fillHeight: true
        Layout.fillWidth: true

        Rectangle {
            id: track

            anchors.horizontalCenter: parent.horizontalCenter
            color: root.deep ? Theme.heroRaised : Theme.hairline
            height: parent.height
            radius: width / 2
            width: Theme.spaceS

            Rectangle {
                color: root.deep ? Theme.accent : Theme.primary
                height: Math.max(width, track.height * root.view.visibleArea.heightRatio)
                radius: width / 2
                width: parent.width
                y: Math.min(track.height - height, track.height * root.view.visibleArea.yPosition)
            }
        }
    }

    PressButton {
        Layout.preferredHeight: Theme.targetLarge
        Layout.preferredWidth: Theme.target
        enabled: !root.view.atYEnd
        horizontalPadding: 0
        icon: "caret-down-bold"
        kind: root.deep ? PressButton.Accent : PressButton.Primary
        spokenName: qsTr("Ke bawah")
        objectName: "scrollDown"
        radius: Theme.radiusSmall

        onClicked: root.move(root.page)
    }
}
