"""Opened things as objects for QML: each shows one frozen view and tells of a change as a whole."""

from PySide6.QtCore import Property, QObject, Signal

from ui.qml_type import QmlElement, QmlUncreatable
from ui.visitor.models import TicketStopModel, YourStopModel
from ui.visitor.rows import AgencyView, LifeEventView, ServiceView, TicketView, YourVisitView

QML_IMPORT_NAME = "Giliran"
QML_IMPORT_MAJOR_VERSION = 1


@QmlElement
@QmlUncreatable("made by the application")
class AgencyDetail(QObject):
    changed = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._view = AgencyView()

    def show(self, view: AgencyView) -> None:
        if view != self._view:
            self._view = view
            self.changed.emit()

    @Property(str, notify=changed)
    def agencyId(self) -> str:
        return self._view.agency_id

    @Property(str, notify=changed)
    def name(self) -> str:
        return self._view.name

    @Property(str, notify=changed)
    def fullName(self) -> str:
        return self._view.full_name

    @Property(str, notify=changed)
    def monogram(self) -> str:
        return self._view.monogram

    @Property(str, notify=changed)
    def tileColor(self) -> str:
        return self._view.tile_color

    @Property(str, notify=changed)
    def floorText(self) -> str:
        return self._view.floor_text

    @Property(str, notify=changed)
    def counterText(self) -> str:
        return self._view.counter_text

    @Property(str, notify=changed)
    def hoursText(self) -> str:
        return self._view.hours_text

    @Property(bool, notify=changed)
    def isUnconfirmed(self) -> bool:
        return self._view.is_unconfirmed


@QmlElement
@QmlUncreatable("made by the application")
class LifeEventDetail(QObject):
    changed = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._view = LifeEventView()

    def show(self, view: LifeEventView) -> None:
        if view != self._view:
            self._view = view
            self.changed.emit()

    @Property(str, notify=changed)
    def lifeEventId(self) -> str:
        return self._view.life_event_id

    @Property(str, notify=changed)
    def name(self) -> str:
        return self._view.name

    @Property(str, notify=changed)
    def icon(self) -> str:
        return self._view.icon

    @Property(int, notify=changed)
    def selectedCount(self) -> int:
        return self._view.selected_count


@QmlElement
@QmlUncreatable("made by the application")
class ServiceDetail(QObject):
    changed = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._view = ServiceView()

    def show(self, view: ServiceView) -> None:
        if view != self._view:
            self._view = view
            self.changed.emit()

    @Property(str, notify=changed)
    def serviceId(self) -> str:
        return self._view.service_id

    @Property(str, notify=changed)
    def name(self) -> str:
        return self._view.name

    @Property(str, notify=changed)
    def agencyName(self) -> str:
        return self._view.agency_name

    @Property(str, notify=changed)
    def agencyFullName(self) -> str:
        return self._view.agency_full_name

    @Property(str, notify=changed)
    def monogram(self) -> str:
        return self._view.monogram

    @Property(str, notify=changed)
    def tileColor(self) -> str:
        return self._view.tile_color

    @Property(str, notify=changed)
    def floorText(self) -> str:
        return self._view.floor_text

    @Property(str, notify=changed)
    def counterText(self) -> str:
        return self._view.counter_text

    @Property(int, notify=changed)
    def waitingCount(self) -> int:
        return self._view.waiting_count

    @Property(str, notify=changed)
    def waitText(self) -> str:
        return self._view.wait_text

    @Property(str, notify=changed)
    def feeText(self) -> str:
        return self._view.fee_text

    @Property(str, notify=changed)
    def feeNote(self) -> str:
        return self._view.fee_note

    @Property(str, notify=changed)
    def finishingText(self) -> str:
        return self._view.finishing_text

    @Property(str, notify=changed)
    def productText(self) -> str:
        return self._view.product_text

    @Property("QStringList", notify=changed)  # type: ignore[arg-type]  # C++ name of list[str]
    def requirements(self) -> list[str]:
        return list(self._view.requirements)

    @Property("QStringList", notify=changed)  # type: ignore[arg-type]  # C++ name of list[str]
    def procedure(self) -> list[str]:
        return list(self._view.procedure)

    @Property(bool, notify=changed)
    def procedureIsHalls(self) -> bool:
        return self._view.procedure_is_halls

    @Property(str, notify=changed)
    def legalBasis(self) -> str:
        return self._view.legal_basis

    @Property("QStringList", notify=changed)  # type: ignore[arg-type]  # C++ name of list[str]
    def complaints(self) -> list[str]:
        return list(self._view.complaints)

    @Property(bool, notify=changed)
    def isOpen(self) -> bool:
        return self._view.is_open

    @Property(int, notify=changed)
    def closedReason(self) -> int:
        return self._view.closed_reason

    @Property(str, notify=changed)
    def closedText(self) -> str:
        return self._view.closed_text

    @Property(str, notify=changed)
    def reopensText(self) -> str:
        return self._view.reopens_text

    @Property(bool, notify=changed)
    def onlineFirst(self) -> bool:
        return self._view.online_first

    @Property(bool, notify=changed)
    def isUnconfirmed(self) -> bool:
        return self._view.is_unconfirmed

    @Property(bool, notify=changed)
    def inVisit(self) -> bool:
        return self._view.in_visit

    @Property(str, notify=changed)
    def firstDoName(self) -> str:
        return self._view.first_do_name

    @Property(str, notify=changed)
    def firstDoId(self) -> str:
        return self._view.first_do_id

    @Property(str, notify=changed)
    def firstDoPlace(self) -> str:
        return self._view.first_do_place


@QmlElement
@QmlUncreatable("made by the application")
class TicketDetail(QObject):
    changed = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._view = TicketView()
        self._stops = TicketStopModel(self)

    @property
    def stop_model(self) -> TicketStopModel:
        return self._stops

    def show(self, view: TicketView) -> None:
        if view != self._view:
            self._view = view
            self._stops.set_rows(view.stops)
            self.changed.emit()

    @Property(str, notify=changed)
    def label(self) -> str:
        return self._view.label

    @Property(str, notify=changed)
    def qrSource(self) -> str:
        return self._view.qr_source

    @Property(int, notify=changed)
    def stopCount(self) -> int:
        return self._view.stop_count

    @Property(TicketStopModel, constant=True)
    def stops(self) -> TicketStopModel:
        return self._stops

    @Property(bool, notify=changed)
    def isCopy(self) -> bool:
        return self._view.is_copy

    @Property(str, notify=changed)
    def dateText(self) -> str:
        return self._view.date_text

    @Property(str, notify=changed)
    def timeText(self) -> str:
        return self._view.time_text


@QmlElement
@QmlUncreatable("made by the application")
class YourVisitDetail(QObject):
    changed = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._view = YourVisitView()
        self._stops = YourStopModel(self)

    @property
    def stop_model(self) -> YourStopModel:
        return self._stops

    def show(self, view: YourVisitView) -> None:
        if view != self._view:
            self._view = view
            self._stops.set_rows(view.stops)
            self.changed.emit()

    @Property(str, notify=changed)
    def label(self) -> str:
        return self._view.label

    @Property(str, notify=changed)
    def headline(self) -> str:
        return self._view.headline

    @Property(str, notify=changed)
    def advice(self) -> str:
        return self._view.advice

    @Property(int, notify=changed)
    def tone(self) -> int:
        return self._view.tone

    @Property(str, notify=changed)
    def symbol(self) -> str:
        return self._view.symbol

    @Property(bool, notify=changed)
    def offersNumber(self) -> bool:
        return self._view.offers_number

    @Property(int, notify=changed)
    def stopCount(self) -> int:
        return self._view.stop_count

    @Property(YourStopModel, constant=True)
    def stops(self) -> YourStopModel:
        return self._stops
