pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Layouts
import Giliran

/**
 * Services under each other. All rows are made at once: an agency has a few dozen at most, and a list that makes rows
 * while it moves has no true length to show, nor to press a page down in.
 */
ScrollArea {
    id: root

    required property ServiceListModel services
    property bool selectable: false
    /** Nothing more may be ticked; what is ticked may be taken off. */
    property bool full: false
    property bool showAgency: true

    readonly property alias count: rows.count

    signal chosen(serviceId: string)

    objectName: "serviceList"

    Repeater {
        id: rows

        model: root.services

        ServiceRow {
            required property string agencyName
            required property string closedText
            required property string floorText
            required property bool isOpen
            required property bool selected
            required property string serviceId
            required property string name
            required property int waitingCount

            Layout.fillWidth: true
            chosen: selected
            detail: Words.line([root.showAgency ? agencyName : "", floorText, isOpen ? Words.waiting(waitingCount) : closedText])
            enabled: !root.selectable || selected || (isOpen && !root.full)
            objectName: "service_" + serviceId
            selectable: root.selectable
            serviceName: name

            onClicked: root.chosen(serviceId)
        }
    }
}
