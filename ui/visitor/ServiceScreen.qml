pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Layouts
import ui.components

/** One service: everything its standard publishes, and the way to a number. */
ScreenFrame {
    id: root

    bleeds: true
    objectName: "screen_Service"
    title: root.kiosk.service.agencyName

    Loader {
        anchors.fill: parent
        sourceComponent: root.portrait ? upright : wide
    }

    Component {
        id: upright

        ColumnLayout {
            spacing: Theme.spaceS

            ScrollArea {
                Layout.fillHeight: true
                Layout.fillWidth: true
                gutter: Theme.margin
                spacingInside: Theme.spaceM

                ServiceSummary {
                    Layout.fillWidth: true
                    kiosk: root.kiosk
                }

                ServiceStandard {
                    Layout.fillWidth: true
                    service: root.kiosk.service
                }
            }

            ServiceActions {
                Layout.fillHeight: false
                Layout.fillWidth: true
                Layout.rightMargin: Theme.margin
                kiosk: root.kiosk
            }
        }
    }

    Component {
        id: wide

        RowLayout {
            spacing: 0
            uniformCellSizes: true

            ColumnLayout {
                Layout.fillHeight: true
                Layout.fillWidth: true
                spacing: Theme.spaceS

                ScrollArea {
                    Layout.fillHeight: true
                    Layout.fillWidth: true
                    gutter: Theme.margin

                    ServiceSummary {
                        Layout.fillWidth: true
                        kiosk: root.kiosk
                    }
                }

                ServiceActions {
                    Layout.fillHeight: false
                    Layout.fillWidth: true
                    Layout.rightMargin: Theme.margin
                    kiosk: root.kiosk
                }
            }

            ScrollArea {
                Layout.fillHeight: true
                Layout.fillWidth: true
                gutter: Theme.margin

                ServiceStandard {
                    Layout.fillWidth: true
                    service: root.kiosk.service
                }
            }
        }
    }
}
