import QtQuick
import QtQuick.Layouts
import Giliran

/** The eaves of the house: where the visitor is, the date, the language. */
Item {
    id: root

    required property KioskViewModel kiosk
    property string title: root.kiosk.siteShortName

    implicitHeight: band.height + teeth.height

    Rectangle {
        id: band

        color: Theme.hero
        height: row.implicitHeight + Theme.framePadding * 2
        width: parent.width

        RowLayout {
            id: row

            anchors.left: parent.left
            anchors.leftMargin: Theme.margin
            anchors.right: parent.right
            anchors.rightMargin: Theme.margin
            anchors.verticalCenter: parent.verticalCenter
            spacing: Theme.spaceM

            Mark {}

            ColumnLayout {
                Layout.fillWidth: true
                spacing: 0

                Flow {
                    Layout.fillWidth: true
                    spacing: Theme.spaceS

                    Text {
                        color: Theme.heroInk
                        font: Theme.chromeTitle
                        text: root.title
                        textFormat: Text.PlainText
                        width: Math.min(implicitWidth, parent.width)
                        wrapMode: Text.Wrap
                    }

                    DemonstrationTag {
                        visible: root.kiosk.isDemonstration
                    }
                }

                Text {
                    Layout.fillWidth: true
                    color: Theme.heroSoftInk
                    font: Theme.chrome
                    text: Words.line([root.kiosk.dateText, root.kiosk.clockText])
                    textFormat: Text.PlainText
                    wrapMode: Text.Wrap
                }
            }

            LanguageSwitch {
                kiosk: root.kiosk
            }
        }
    }

    GigiBalang {
        id: teeth

        anchors.top: band.bottom
        width: parent.width
    }
}
