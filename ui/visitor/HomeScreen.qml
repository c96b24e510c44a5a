pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Layouts
import ui.components

/** What do you need? By own words, by what is going on in life, or by agency. */
ScreenFrame {
    id: root

    readonly property int tileColumns: Theme.textScale > 1.5 ? (root.portrait ? 1 : 2) : (root.portrait && Theme.textScale > 1.2 ? 2 : 3)

    /** As many as leave everything else in sight. */
    readonly property int popularCount: Theme.textScale > 1.2 || (root.portrait && root.kiosk.visitCount > 0) ? 2 : root.portrait && root.kiosk.hasScanner ? 3 : 4

    bleeds: true
    objectName: "screen_Home"

    actions: PressButton {
        Layout.fillWidth: true
        icon: "ticket-bold"
        kind: PressButton.Accent
        large: true
        objectName: "basketBar"
        text: qsTr("Lanjut: %n layanan dipilih", "services chosen so far", root.kiosk.visitCount)
        visible: root.kiosk.visitCount > 0

        onClicked: root.kiosk.openVisit()
    }

    ScrollArea {
        anchors.fill: parent
        gutter: Theme.margin

        InfoBand {
            Layout.fillWidth: true
            icon: "printer"
            kind: InfoBand.Warning
            objectName: "printerBand"
            text: Words.printerTroubleAhead(root.kiosk.printerTrouble)
            visible: text !== ""
        }

        RowLayout {
            Layout.fillWidth: true
            objectName: "scannerLine"
            spacing: Theme.gap
            visible: root.kiosk.hasScanner

            Icon {
                name: "scan"
                size: Theme.iconSmall
            }

            Caption {
                Layout.fillWidth: true
                text: qsTr("Sudah punya tiket? Dekatkan ke pemindai.")
            }
        }

        GridLayout {
            Layout.fillWidth: true
            columnSpacing: Theme.margin
            columns: root.portrait ? 1 : 2
            rowSpacing: Theme.spaceM

            ColumnLayout {
                Layout.alignment: Qt.AlignTop
                Layout.fillWidth: true
                Layout.preferredWidth: 84
                spacing: root.portrait ? Theme.spaceM : Theme.spaceS

                Title {
                    Layout.fillWidth: true
                    font: Theme.title
                    text: Words.greeting(root.kiosk.partOfDay) + "\n" + qsTr("Apa keperluan Anda?")
                }

                SearchField {
                    Layout.fillWidth: true
                    objectName: "searchField"

                    onClicked: root.kiosk.openSearch()
                }

                Flow {
                    Layout.fillWidth: true
                    spacing: Theme.gap

                    Repeater {
                        model: root.kiosk.popularServices

                        PressButton {
                            required property int index
                            required property string name
                            required property string serviceId

                            font: Theme.captionStrong
                            height: Math.max(Theme.target + Theme.lift, implicitContentHeight + topPadding + bottomPadding)
                            kind: PressButton.Quiet
                            objectName: "popular_" + serviceId
                            radius: height / 2
                            text: name
                            visible: index < root.popularCount
                            width: Math.min(implicitWidth, parent.width)

                            onClicked: root.kiosk.openService(serviceId)
                        }
                    }
                }
            }

            ColumnLayout {
                Layout.alignment: Qt.AlignTop
                Layout.fillWidth: true
                Layout.preferredWidth: 166
                spacing: root.portrait ? Theme.spaceS : Theme.gap

                SectionHead {
                    Layout.fillWidth: true
                    moreName: qsTr("Lihat semua peristiwa hidup")
                    moreObjectName: "allLifeEvents"
                    moreText: qsTr("Semua %n", "all life events", root.kiosk.lifeEventCount)
                    text: qsTr("Sedang mengalami")

                    onMore: root.kiosk.openLifeEvents()
                }

                GridLayout {
                    Layout.fillWidth: true
                    columnSpacing: Theme.spaceS
                    columns: root.tileColumns
                    rowSpacing: Theme.spaceS
                    uniformCellWidths: true

                    Repeater {
                        model: root.kiosk.homeLifeEvents

                        LifeEventTile {
                            required property string lifeEventId
                            required property string name

                            Layout.fillHeight: true
                            Layout.fillWidth: true
                            eventName: name
                            objectName: "lifeEvent_" + lifeEventId

                            onClicked: root.kiosk.openLifeEvent(lifeEventId)
                        }
                    }
                }

                SectionHead {
                    Layout.fillWidth: true
                    Layout.topMargin: root.portrait ? Theme.spaceXS : 0
                    moreName: qsTr("Lihat semua instansi")
                    moreObjectName: "allAgencies"
                    moreText: qsTr("Semua %n", "all agencies", root.kiosk.agencyCount)
                    text: qsTr("Instansi")

                    onMore: root.kiosk.openAgencies()
                }

                GridLayout {
                    Layout.fillWidth: true
                    columnSpacing: Theme.spaceS
                    columns: root.portrait ? Math.min(2, root.tileColumns) : root.tileColumns
                    rowSpacing: Theme.spaceS
                    uniformCellWidths: true

                    Repeater {
                        model: root.kiosk.homeAgencies

                        AgencyTile {
                            required property string agencyId
                            required property bool isOpen
                            required property string name
                            required property int waitingCount

                            Layout.fillHeight: true
                            Layout.fillWidth: true
                            agencyName: name
                            detail: isOpen ? Words.waiting(waitingCount) : qsTr("Sedang tutup")
                            objectName: "agency_" + agencyId

                            onClicked: root.kiosk.openAgency(agencyId)
                        }
                    }
                }
            }
        }
    }
}
