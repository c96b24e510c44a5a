import QtQuick
import QtQuick.Layouts

/** Two large buttons and a bar that shows how much there is. For every list that may be longer than its place. */
ColumnLayout {
    id: root

    required property Flickable view
    readonly property bool needed: root.view.contentHeight > root.view.height + 1
    readonly property real page: root.view.height * 0.8

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
        Layout.preferredWidth: Theme.target + Theme.spaceS
        enabled: !root.view.atYBeginning
        horizontalPadding: 0
        icon: "caret-up-bold"
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
            color: Theme.hairline
            height: parent.height
            radius: width / 2
            width: Theme.spaceS

            Rectangle {
                color: Theme.primary
                height: Math.max(width, track.height * root.view.visibleArea.heightRatio)
                radius: width / 2
                width: parent.width
                y: Math.min(track.height - height, track.height * root.view.visibleArea.yPosition)
            }
        }
    }

    PressButton {
        Layout.preferredHeight: Theme.targetLarge
        Layout.preferredWidth: Theme.target + Theme.spaceS
        enabled: !root.view.atYEnd
        horizontalPadding: 0
        icon: "caret-down-bold"
        kind: PressButton.Primary
        spokenName: qsTr("Ke bawah")
        objectName: "scrollDown"
        radius: Theme.radiusSmall

        onClicked: root.move(root.page)
    }
}
