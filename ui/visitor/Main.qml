pragma ComponentBehavior: Bound

import QtQuick
import Giliran
import ui.components
import ui.technician

/** The visitor's window. Shows the one screen that the view model names; decides nothing. */
Window {
    id: root

    required property KioskViewModel kiosk
    readonly property list<Component> screens: [attract, home, search, agencies, lifeEvents, agency, lifeEvent, service, visit, priority, printing, ticket, printerTrouble, closed, outOfService, technician, yourVisit]

    color: Theme.paper
    height: 1920
    objectName: "visitorWindow"
    title: "Giliran"
    width: 1080

    Binding {
        property: "animated"
        target: Theme
        value: root.kiosk.animations
    }

    Binding {
        property: "highContrast"
        target: Theme
        value: root.kiosk.highContrast
    }

    Binding {
        property: "mm"
        target: Theme
        value: root.width / root.kiosk.mmWidth
    }

    Binding {
        property: "wide"
        target: Theme
        value: root.width > root.height
    }

    Binding {
        property: "textScale"
        target: Theme
        value: root.kiosk.textScale
    }

    Loader {
        id: loader

        anchors.fill: parent
        enabled: !root.kiosk.idleWarning
        focus: enabled
        sourceComponent: root.screens[root.kiosk.screen]

        Keys.onEscapePressed: {
            if (root.kiosk.canGoBack)
                root.kiosk.goBack();
        }
    }

    Loader {
        active: root.kiosk.idleWarning
        anchors.fill: parent
        focus: active

        sourceComponent: IdleOverlay {
            focus: true
            kiosk: root.kiosk
        }
    }

    Component {
        id: attract

        AttractScreen {
            kiosk: root.kiosk
        }
    }

    Component {
        id: home

        HomeScreen {
            kiosk: root.kiosk
        }
    }

    Component {
        id: search

        SearchScreen {
            kiosk: root.kiosk
        }
    }

    Component {
        id: agencies

        AgenciesScreen {
            kiosk: root.kiosk
        }
    }

    Component {
        id: lifeEvents

        LifeEventsScreen {
            kiosk: root.kiosk
        }
    }

    Component {
        id: agency

        AgencyScreen {
            kiosk: root.kiosk
        }
    }

    Component {
        id: lifeEvent

        LifeEventScreen {
            kiosk: root.kiosk
        }
    }

    Component {
        id: service

        ServiceScreen {
            kiosk: root.kiosk
        }
    }

    Component {
        id: visit

        VisitScreen {
            kiosk: root.kiosk
        }
    }

    Component {
        id: priority

        PriorityScreen {
            kiosk: root.kiosk
        }
    }

    Component {
        id: printing

        PrintingScreen {
            kiosk: root.kiosk
        }
    }

    Component {
        id: ticket

        TicketScreen {
            kiosk: root.kiosk
        }
    }

    Component {
        id: printerTrouble

        PrinterTroubleScreen {
            kiosk: root.kiosk
        }
    }

    Component {
        id: closed

        ClosedScreen {
            kiosk: root.kiosk
        }
    }

    Component {
        id: outOfService

        OutOfServiceScreen {
            kiosk: root.kiosk
        }
    }

    Component {
        id: technician

        TechnicianScreen {
            kiosk: root.kiosk
        }
    }

    Component {
        id: yourVisit

        YourVisitScreen {
            kiosk: root.kiosk
        }
    }
}
