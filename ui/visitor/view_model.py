"""What QML reads and calls. Long by necessity: qmllint knows only what is spelled out in the class body.

The view model holds one frozen KioskView and decides nothing: properties read the view, slots hand the visitor's
intent to the attendant and return at once.
"""

from dataclasses import fields
from enum import IntEnum

from PySide6.QtCore import Property, QEnum, QObject, Signal, Slot

from ui.qml_names import camel_case
from ui.qml_type import QmlElement, QmlUncreatable
from ui.technician.model import TechnicianModel
from ui.visitor.attendant import Attendant
from ui.visitor.details import AgencyDetail, LifeEventDetail, ServiceDetail, TicketDetail, YourVisitDetail
from ui.visitor.models import AgencyListModel, LifeEventListModel, ServiceListModel
from ui.visitor.view import KioskView

QML_IMPORT_NAME = "Giliran"
QML_IMPORT_MAJOR_VERSION = 1


@QmlElement
@QmlUncreatable("made by the application")
class KioskViewModel(QObject):
    @QEnum
    class Screen(IntEnum):
        Attract = 0
        Home = 1
        Search = 2
        Agencies = 3
        LifeEvents = 4
        Agency = 5
        LifeEvent = 6
        Service = 7
        Visit = 8
        Priority = 9
        Printing = 10
        Ticket = 11
        PrinterTrouble = 12
        Closed = 13
        OutOfService = 14
        Technician = 15
        YourVisit = 16

    @QEnum
    class PartOfDay(IntEnum):
        Morning = 0
        Noon = 1
        Afternoon = 2
        Evening = 3

    @QEnum
    class PrintOutcome(IntEnum):
        Pending = 0
        Confirmed = 1
        Unverified = 2
        Unknown = 3
        Failed = 4
        Expired = 5

    @QEnum
    class PrinterTroubleKind(IntEnum):
        NoTrouble = 0
        NoPaper = 1
        CoverOpen = 2
        Cutter = 3
        Overheated = 4
        Unreachable = 5
        Other = 6

    @QEnum
    class ClosedReason(IntEnum):
        NotClosed = 0
        ForcedClosed = 1
        Holiday = 2
        OutsideHours = 3
        FridayBreak = 4
        CutOff = 5
        QuotaReached = 6
        NotServedHere = 7
        ClosedByHall = 8

    @QEnum
    class Tone(IntEnum):
        Calm = 0
        Good = 1
        Go = 2
        Mind = 3
        Past = 4

    screenChanged = Signal()
    languageChanged = Signal()
    textScaleChanged = Signal()
    highContrastChanged = Signal()
    animationsChanged = Signal()
    canGoBackChanged = Signal()
    mmWidthChanged = Signal()
    siteNameChanged = Signal()
    siteShortNameChanged = Signal()
    isDemonstrationChanged = Signal()
    dateTextChanged = Signal()
    clockTextChanged = Signal()
    partOfDayChanged = Signal()
    queryChanged = Signal()
    agencyCountChanged = Signal()
    lifeEventCountChanged = Signal()
    visitCountChanged = Signal()
    visitIsFullChanged = Signal()
    visitBegunChanged = Signal()
    hasScannerChanged = Signal()
    printOutcomeChanged = Signal()
    canReprintChanged = Signal()
    ticketSecondsLeftChanged = Signal()
    ticketSecondsTotalChanged = Signal()
    printerTroubleChanged = Signal()
    staffToldChanged = Signal()
    afterRepairChanged = Signal()
    beforeRestartChanged = Signal()
    idleWarningChanged = Signal()
    idleSecondsLeftChanged = Signal()
    closedReasonChanged = Signal()
    closedTextChanged = Signal()
    reopensTextChanged = Signal()
    busyChanged = Signal()
    problemChanged = Signal()

    languageSpoken = Signal(str)
    """The new language's code, for whoever translates; told before QML reads any text in it."""

    def __init__(self, attendant: Attendant, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._view = KioskView()
        self._attendant = attendant
        self._search_results = ServiceListModel(self)
        self._popular_services = ServiceListModel(self)
        self._home_agencies = AgencyListModel(self)
        self._agencies = AgencyListModel(self)
        self._home_life_events = LifeEventListModel(self)
        self._life_events = LifeEventListModel(self)
        self._agency = AgencyDetail(self)
        self._agency_services = ServiceListModel(self)
        self._life_event = LifeEventDetail(self)
        self._life_event_services = ServiceListModel(self)
        self._service = ServiceDetail(self)
        self._visit = ServiceListModel(self)
        self._ticket = TicketDetail(self)
        self._your_visit = YourVisitDetail(self)
        self._technician_rows = TechnicianModel(self)
        attendant.viewChanged.connect(self._show)
        self._show(attendant.view)

    @property
    def view(self) -> KioskView:
        return self._view

    @Slot(object)
    def _show(self, view: KioskView) -> None:
        """Replaces the snapshot and tells of exactly what is different in the new one.

        The screen comes last, so that it is made once, of what it is to show.
        """
        old, self._view = self._view, view
        if view.language != old.language:
            self.languageSpoken.emit(view.language)
        for field in sorted(fields(KioskView), key=lambda field: field.name == "screen"):
            new = getattr(view, field.name)
            if new == getattr(old, field.name):
                continue
            holder = getattr(self, f"_{field.name}", None)
            if holder is None:
                getattr(self, f"{camel_case(field.name)}Changed").emit()
            elif isinstance(new, tuple):
                holder.set_rows(new)
            else:
                holder.show(new)

    @Property(int, notify=screenChanged)
    def screen(self) -> int:
        return self._view.screen

    @Property(str, notify=languageChanged)
    def language(self) -> str:
        return self._view.language

    @Property(float, notify=textScaleChanged)
    def textScale(self) -> float:
        return self._view.text_scale

    @Property(bool, notify=highContrastChanged)
    def highContrast(self) -> bool:
        return self._view.high_contrast

    @Property(bool, notify=animationsChanged)
    def animations(self) -> bool:
        return self._view.animations

    @Property(bool, notify=canGoBackChanged)
    def canGoBack(self) -> bool:
        return self._view.can_go_back

    @Property(float, notify=mmWidthChanged)
    def mmWidth(self) -> float:
        return self._view.mm_width

    @Property(str, notify=siteNameChanged)
    def siteName(self) -> str:
        return self._view.site_name

    @Property(str, notify=siteShortNameChanged)
    def siteShortName(self) -> str:
        return self._view.site_short_name

    @Property(bool, notify=isDemonstrationChanged)
    def isDemonstration(self) -> bool:
        return self._view.is_demonstration

    @Property(str, notify=dateTextChanged)
    def dateText(self) -> str:
        return self._view.date_text

    @Property(str, notify=clockTextChanged)
    def clockText(self) -> str:
        return self._view.clock_text

    @Property(int, notify=partOfDayChanged)
    def partOfDay(self) -> int:
        return self._view.part_of_day

    @Property(str, notify=queryChanged)
    def query(self) -> str:
        return self._view.query

    @Property(ServiceListModel, constant=True)
    def searchResults(self) -> ServiceListModel:
        return self._search_results

    @Property(ServiceListModel, constant=True)
    def popularServices(self) -> ServiceListModel:
        return self._popular_services

    @Property(AgencyListModel, constant=True)
    def homeAgencies(self) -> AgencyListModel:
        return self._home_agencies

    @Property(AgencyListModel, constant=True)
    def agencies(self) -> AgencyListModel:
        return self._agencies

    @Property(int, notify=agencyCountChanged)
    def agencyCount(self) -> int:
        return self._view.agency_count

    @Property(LifeEventListModel, constant=True)
    def homeLifeEvents(self) -> LifeEventListModel:
        return self._home_life_events

    @Property(LifeEventListModel, constant=True)
    def lifeEvents(self) -> LifeEventListModel:
        return self._life_events

    @Property(int, notify=lifeEventCountChanged)
    def lifeEventCount(self) -> int:
        return self._view.life_event_count

    @Property(AgencyDetail, constant=True)
    def agency(self) -> AgencyDetail:
        return self._agency

    @Property(ServiceListModel, constant=True)
    def agencyServices(self) -> ServiceListModel:
        return self._agency_services

    @Property(LifeEventDetail, constant=True)
    def lifeEvent(self) -> LifeEventDetail:
        return self._life_event

    @Property(ServiceListModel, constant=True)
    def lifeEventServices(self) -> ServiceListModel:
        return self._life_event_services

    @Property(ServiceDetail, constant=True)
    def service(self) -> ServiceDetail:
        return self._service

    @Property(ServiceListModel, constant=True)
    def visit(self) -> ServiceListModel:
        return self._visit

    @Property(int, notify=visitCountChanged)
    def visitCount(self) -> int:
        return self._view.visit_count

    @Property(bool, notify=visitIsFullChanged)
    def visitIsFull(self) -> bool:
        return self._view.visit_is_full

    @Property(TicketDetail, constant=True)
    def ticket(self) -> TicketDetail:
        return self._ticket

    @Property(YourVisitDetail, constant=True)
    def yourVisit(self) -> YourVisitDetail:
        return self._your_visit

    @Property(bool, notify=visitBegunChanged)
    def visitBegun(self) -> bool:
        return self._view.visit_begun

    @Property(bool, notify=hasScannerChanged)
    def hasScanner(self) -> bool:
        return self._view.has_scanner

    @Property(int, notify=printOutcomeChanged)
    def printOutcome(self) -> int:
        return self._view.print_outcome

    @Property(bool, notify=canReprintChanged)
    def canReprint(self) -> bool:
        return self._view.can_reprint

    @Property(int, notify=ticketSecondsLeftChanged)
    def ticketSecondsLeft(self) -> int:
        return self._view.ticket_seconds_left

    @Property(int, notify=ticketSecondsTotalChanged)
    def ticketSecondsTotal(self) -> int:
        return self._view.ticket_seconds_total

    @Property(int, notify=printerTroubleChanged)
    def printerTrouble(self) -> int:
        return self._view.printer_trouble

    @Property(bool, notify=staffToldChanged)
    def staffTold(self) -> bool:
        return self._view.staff_told

    @Property(bool, notify=afterRepairChanged)
    def afterRepair(self) -> bool:
        return self._view.after_repair

    @Property(bool, notify=beforeRestartChanged)
    def beforeRestart(self) -> bool:
        return self._view.before_restart

    @Property(bool, notify=idleWarningChanged)
    def idleWarning(self) -> bool:
        return self._view.idle_warning

    @Property(int, notify=idleSecondsLeftChanged)
    def idleSecondsLeft(self) -> int:
        return self._view.idle_seconds_left

    @Property(int, notify=closedReasonChanged)
    def closedReason(self) -> int:
        return self._view.closed_reason

    @Property(str, notify=closedTextChanged)
    def closedText(self) -> str:
        return self._view.closed_text

    @Property(str, notify=reopensTextChanged)
    def reopensText(self) -> str:
        return self._view.reopens_text

    @Property(bool, notify=busyChanged)
    def busy(self) -> bool:
        return self._view.busy

    @Property(str, notify=problemChanged)
    def problem(self) -> str:
        return self._view.problem

    @Property(TechnicianModel, constant=True)
    def technicianRows(self) -> TechnicianModel:
        return self._technician_rows

    @Slot()
    def start(self) -> None:
        self._attendant.start()

    @Slot()
    def goBack(self) -> None:
        self._attendant.go_back()

    @Slot()
    def goHome(self) -> None:
        self._attendant.go_home()

    @Slot()
    def stillHere(self) -> None:
        self._attendant.still_here()

    @Slot(str)
    def setLanguage(self, code: str) -> None:
        self._attendant.set_language(code)

    @Slot()
    def cycleTextScale(self) -> None:
        self._attendant.cycle_text_scale()

    @Slot()
    def toggleContrast(self) -> None:
        self._attendant.toggle_contrast()

    @Slot()
    def openSearch(self) -> None:
        self._attendant.open_search()

    @Slot(str)
    def typeText(self, text: str) -> None:
        self._attendant.type_text(text)

    @Slot()
    def backspace(self) -> None:
        self._attendant.backspace()

    @Slot()
    def clearQuery(self) -> None:
        self._attendant.clear_query()

    @Slot()
    def openAgencies(self) -> None:
        self._attendant.open_agencies()

    @Slot()
    def openLifeEvents(self) -> None:
        self._attendant.open_life_events()

    @Slot(str)
    def openAgency(self, agency_id: str) -> None:
        self._attendant.open_agency(agency_id)

    @Slot(str)
    def openLifeEvent(self, life_event_id: str) -> None:
        self._attendant.open_life_event(life_event_id)

    @Slot(str)
    def openService(self, service_id: str) -> None:
        self._attendant.open_service(service_id)

    @Slot(str)
    def toggleSelected(self, service_id: str) -> None:
        self._attendant.toggle_selected(service_id)

    @Slot()
    def continueWithSelected(self) -> None:
        self._attendant.continue_with_selected()

    @Slot()
    def addToVisit(self) -> None:
        self._attendant.add_to_visit()

    @Slot()
    def openVisit(self) -> None:
        self._attendant.open_visit()

    @Slot(str)
    def removeFromVisit(self, service_id: str) -> None:
        self._attendant.remove_from_visit(service_id)

    @Slot()
    def takeTicket(self) -> None:
        self._attendant.take_ticket()

    @Slot(bool)
    def answerPriority(self, is_priority: bool) -> None:
        self._attendant.answer_priority(is_priority)

    @Slot()
    def reprint(self) -> None:
        self._attendant.reprint()

    @Slot()
    def paperCame(self) -> None:
        self._attendant.paper_came()

    @Slot()
    def ticketSeen(self) -> None:
        self._attendant.ticket_seen()

    @Slot()
    def finish(self) -> None:
        self._attendant.finish()

    @Slot()
    def openTechnician(self) -> None:
        self._attendant.open_technician()

    @Slot(int)
    def changeRoll(self, printer: int) -> None:
        self._attendant.change_roll(printer)

    @Slot()
    def closeTechnician(self) -> None:
        self._attendant.close_technician()
