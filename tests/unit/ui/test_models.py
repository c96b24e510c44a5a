"""Lists and opened things, as QML sees them."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject, Qt
from PySide6.QtTest import QAbstractItemModelTester, QSignalSpy

from ui.visitor.details import AgencyDetail, TicketDetail
from ui.visitor.models import ServiceListModel
from ui.visitor.rows import AgencyView, ServiceRow, TicketStopRow, TicketView

ROWS = (ServiceRow("a", name="Satu"), ServiceRow("b", name="Dua"), ServiceRow("c", name="Tiga"))


@pytest.fixture
def model() -> Iterator[ServiceListModel]:
    parent = QObject()
    model = ServiceListModel(parent)
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    yield model
    del tester


def test_roles_are_the_fields_in_camel_case(model: ServiceListModel) -> None:
    names = {bytes(name.data()).decode() for name in model.roleNames().values()}
    assert {"serviceId", "tileColor", "waitingCount", "isOpen", "isUnconfirmed"} <= names


def test_rows_are_read_by_role(model: ServiceListModel) -> None:
    model.set_rows(ROWS)
    role = next(role for role, name in model.roleNames().items() if name == b"name")
    assert [model.data(model.index(row), role) for row in range(model.rowCount())] == ["Satu", "Dua", "Tiga"]
    assert model.data(model.index(0), Qt.ItemDataRole.DisplayRole) is None
    assert model.rowCount(model.index(0)) == 0


def test_only_changed_rows_are_told_so_that_a_list_keeps_its_place(model: ServiceListModel) -> None:
    model.set_rows(ROWS)
    changed, reset = QSignalSpy(model.dataChanged), QSignalSpy(model.modelReset)
    model.set_rows((ROWS[0], ServiceRow("b", name="Dua", waiting_count=3), ROWS[2]))
    assert (changed.count(), reset.count()) == (1, 0)
    assert changed.at(0)[0].row() == 1


def test_other_rows_are_a_new_list(model: ServiceListModel) -> None:
    model.set_rows(ROWS)
    reset = QSignalSpy(model.modelReset)
    model.set_rows(ROWS[1:])
    assert reset.count() == 1
    assert model.rows == ROWS[1:]


def test_the_same_rows_are_no_news(model: ServiceListModel) -> None:
    model.set_rows(ROWS)
    changed, reset = QSignalSpy(model.dataChanged), QSignalSpy(model.modelReset)
    model.set_rows(tuple(ROWS))
    assert (changed.count(), reset.count()) == (0, 0)


def test_a_detail_tells_of_a_change_once_and_of_none_never() -> None:
    parent = QObject()
    detail = AgencyDetail(parent)
    changed = QSignalSpy(detail.changed)
    detail.show(AgencyView(agency_id="bpn", name="BPN"))
    detail.show(AgencyView(agency_id="bpn", name="BPN"))
    assert changed.count() == 1
    assert detail.property("agencyId") == "bpn"


def test_a_ticket_carries_its_stops() -> None:
    parent = QObject()
    ticket = TicketDetail(parent)
    ticket.show(TicketView(label="D-001", stop_count=1, stops=(TicketStopRow(1, agency_name="BPN"),)))
    assert [row.agency_name for row in ticket.stop_model.rows] == ["BPN"]
