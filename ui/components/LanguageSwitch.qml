pragma ComponentBehavior: Bound

import QtQuick
import Giliran

/** Two languages side by side; the one in use is filled. */
Row {
    id: root

    required property KioskViewModel kiosk

    Accessible.name: qsTr("Bahasa")
    Accessible.role: Accessible.Grouping
    spacing: Theme.gap

    component Choice: Pressable {
        id: choice

        required property string code
        readonly property bool current: root.kiosk.language === choice.code

        Accessible.checkable: true
        Accessible.checked: choice.current
        Accessible.role: Accessible.RadioButton
        implicitHeight: Theme.monogram
        implicitWidth: Theme.monogram
        objectName: "language_" + choice.code
        radius: Theme.radiusSmall

        background: Rectangle {
            border.color: Theme.heroEdge
            border.width: Theme.strokeThin
            color: choice.current ? Theme.heroInk : choice.down ? Theme.heroDeep : Theme.hero
            radius: choice.radius
        }
        contentItem: Text {
            Accessible.ignored: true
            color: choice.current ? Theme.hero : Theme.heroInk
            font: Theme.chromeTitle
            horizontalAlignment: Text.AlignHCenter
            text: choice.code.toUpperCase()
            verticalAlignment: Text.AlignVCenter
        }

        onClicked: root.kiosk.setLanguage(choice.code)
    }

    Choice {
        code: "id"
        spokenName: "Bahasa Indonesia"
    }

    Choice {
        code: "en"
        spokenName: "English"
    }
}
