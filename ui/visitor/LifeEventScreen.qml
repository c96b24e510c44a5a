import QtQuick
import QtQuick.Layouts
import ui.components

/** A situation in life: tick what is needed, take one number for all of it. */
ScreenFrame {
    id: root

    bleeds: true
    objectName: "screen_LifeEvent"

    GridLayout {
        anchors.fill: parent
        columnSpacing: Theme.margin
        columns: root.portrait ? 1 : 2
        rowSpacing: Theme.spaceM

        ColumnLayout {
            Layout.alignment: Qt.AlignTop
            Layout.fillWidth: true
            Layout.preferredWidth: 2
            Layout.rightMargin: root.portrait ? Theme.margin : 0
            spacing: Theme.spaceM

            PageHead {
                Layout.fillWidth: true
                icon: root.kiosk.lifeEvent.icon
                subtitle: qsTr("Pilih yang Anda perlukan. Satu nomor untuk semuanya.")
                title: root.kiosk.lifeEvent.name
            }

            InfoBand {
                Layout.fillWidth: true
                text: Words.problem("visit_full")
                visible: root.kiosk.visitIsFull
            }
        }

        ColumnLayout {
            Layout.fillHeight: true
            Layout.fillWidth: true
            Layout.preferredWidth: 3
            spacing: Theme.spaceM

            ServiceList {
                Layout.fillHeight: true
                Layout.fillWidth: true
                full: root.kiosk.visitIsFull
                gutter: Theme.margin
                selectable: true
                services: root.kiosk.lifeEventServices

                onChosen: serviceId => root.kiosk.toggleSelected(serviceId)
            }

            PressButton {
                Layout.fillWidth: true
                Layout.rightMargin: Theme.margin
                enabled: root.kiosk.lifeEvent.selectedCount > 0
                icon: enabled ? "arrow-right-bold" : ""
                kind: PressButton.Primary
                large: true
                objectName: "continueButton"
                text: enabled ? qsTr("Lanjut dengan %n layanan", "services ticked", root.kiosk.lifeEvent.selectedCount) : qsTr("Pilih dulu paling sedikit satu layanan")

                onClicked: root.kiosk.continueWithSelected()
            }
        }
    }
}
