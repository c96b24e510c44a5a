pragma ComponentBehavior: Bound

import QtQuick
import Giliran

/** Services under each other, as many as there are. */
Item {
    id: root

    required property ServiceListModel services
    property bool selectable: false
    /** Nothing more may be ticked; what is ticked may be taken off. */
    property bool full: false
    property bool showAgency: true

    readonly property alias count: list.count

    signal chosen(serviceId: string)

    ListView {
        id: list

        anchors.fill: parent
        boundsBehavior: Flickable.StopAtBounds
        /** Rows beyond the edge would be made later, one by one, and complain when their screen leaves before. */
        cacheBuffer: 0
        clip: contentHeight > height
        flickableDirection: Flickable.VerticalFlick
        interactive: contentHeight > height
        keyNavigationEnabled: false
        model: root.services
        objectName: "serviceList"
        spacing: Theme.spaceS

        delegate: ServiceRow {
            required property string agencyName
            required property string closedText
            required property string floorText
            required property bool isOpen
            required property bool selected
            required property string serviceId
            required property string name
            required property int waitingCount

            chosen: selected
            detail: Words.line([root.showAgency ? agencyName : "", floorText, isOpen ? Words.waiting(waitingCount) : closedText])
            enabled: !root.selectable || selected || (isOpen && !root.full)
            objectName: "service_" + serviceId
            selectable: root.selectable
            serviceName: name
            width: ListView.view.width

            onClicked: root.chosen(serviceId)
        }
    }

    ScrollRail {
        view: list
    }
}
