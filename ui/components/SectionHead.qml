import QtQuick
import QtQuick.Layouts

/** The name of a part, with a way to all of it. */
RowLayout {
    id: root

    required property string text
    property string moreText
    property string moreName: root.moreText
    property alias moreObjectName: more.objectName

    signal more

    spacing: Theme.spaceS

    Heading {
        Layout.alignment: Qt.AlignVCenter
        Layout.fillWidth: true
        text: root.text
    }

    Pressable {
        id: more

        horizontalPadding: Theme.spaceS
        implicitHeight: Theme.target
        spokenName: root.moreName
        radius: Theme.radiusSmall
        visible: root.moreText !== ""

        background: Rectangle {
            color: more.down ? Theme.primaryTint : "transparent"
            radius: more.radius
        }
        contentItem: RowLayout {
            spacing: Theme.spaceXS

            Text {
                Accessible.ignored: true
                color: Theme.primary
                font: Theme.name
                text: root.moreText
                textFormat: Text.PlainText
            }

            Icon {
                name: "caret-right-bold"
                size: Theme.iconSmall
            }
        }

        onClicked: root.more()
    }
}
