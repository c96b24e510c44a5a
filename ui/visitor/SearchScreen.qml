import QtQuick
import QtQuick.Layouts
import ui.components

/** Say it in your own words: answers appear with every letter. */
ScreenFrame {
    id: root

    bleeds: true
    objectName: "screen_Search"

    Keys.onPressed: event => {
        if (event.key === Qt.Key_Backspace) {
            root.kiosk.backspace();
            event.accepted = true;
        } else if (event.text.length === 1 && event.text >= " " && event.text !== "\u007f") {
            root.kiosk.typeText(event.text);
            event.accepted = true;
        }
    }

    GridLayout {
        anchors.fill: parent
        columnSpacing: Theme.margin
        columns: root.portrait ? 1 : 2
        rowSpacing: Theme.spaceM

        SearchField {
            id: field

            Layout.fillWidth: true
            Layout.preferredWidth: 1
            Layout.rightMargin: root.portrait ? Theme.margin : 0
            objectName: "searchField"
            query: root.kiosk.query
            typing: true

            onCleared: root.kiosk.clearQuery()
        }

        ColumnLayout {
            Layout.column: root.portrait ? 0 : 1
            Layout.fillHeight: true
            Layout.fillWidth: true
            Layout.preferredWidth: 1
            Layout.row: root.portrait ? 1 : 0
            Layout.rowSpan: root.portrait ? 1 : 2
            spacing: Theme.spaceS

            Heading {
                Layout.fillWidth: true
                Layout.rightMargin: Theme.margin
                text: root.kiosk.query === "" ? qsTr("Sering dicari") : qsTr("Mungkin ini yang Anda cari")
                visible: root.kiosk.query === "" || results.count > 0
            }

            ServiceList {
                id: results

                Layout.fillHeight: true
                Layout.fillWidth: true
                gutter: Theme.margin
                services: root.kiosk.query === "" ? root.kiosk.popularServices : root.kiosk.searchResults
                visible: count > 0

                onChosen: serviceId => root.kiosk.openService(serviceId)
            }

            ScrollArea {
                Layout.fillHeight: true
                Layout.fillWidth: true
                gutter: Theme.margin
                visible: results.count === 0

                EmptyState {
                    Layout.fillWidth: true
                    heading: qsTr("Belum ketemu.")
                    icon: "magnifying-glass"
                    objectName: "noResults"
                    text: qsTr("Coba kata lain yang lebih pendek, atau cari lewat daftar instansi. Petugas di meja informasi juga siap membantu.")
                }

                PressButton {
                    Layout.alignment: Qt.AlignHCenter
                    Layout.topMargin: Theme.spaceS
                    objectName: "allAgencies"
                    text: qsTr("Lihat semua instansi")

                    onClicked: root.kiosk.openAgencies()
                }
            }
        }

        OnScreenKeyboard {
            Layout.alignment: Qt.AlignTop
            Layout.column: 0
            Layout.fillHeight: false
            Layout.fillWidth: true
            Layout.preferredWidth: 1
            Layout.rightMargin: root.portrait ? Theme.margin : 0
            Layout.row: root.portrait ? 2 : 1

            onErased: root.kiosk.backspace()
            onTyped: text => root.kiosk.typeText(text)
        }
    }
}
