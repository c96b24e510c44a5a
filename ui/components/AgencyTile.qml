import QtQuick
import QtQuick.Layouts

/** An agency to open: monogram, name, how busy it is. */
Tile {
    id: root

    required property string agencyName
    required property string monogram
    required property color tileColor
    required property string detail

    spokenName: Words.line([root.agencyName, root.detail])

    contentItem: RowLayout {
        spacing: Theme.spaceS

        Monogram {
            letters: root.monogram
            tileColor: root.tileColor
        }

        ColumnLayout {
            spacing: 0

            Name {
                Accessible.ignored: true
                Layout.fillWidth: true
                text: root.agencyName
            }

            Caption {
                Accessible.ignored: true
                Layout.fillWidth: true
                text: root.detail
                visible: text !== ""
            }
        }
    }
}
