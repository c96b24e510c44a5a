"""An enrolled kiosk is what its server decided, at the hall that its server decided."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from kiosk.clock import SystemClock
from kiosk.config import KioskConfig, SyncConfig
from kiosk.data_in_force import DataInForce
from kiosk.enrolling import Outcome, enrol_kiosk
from kiosk.enrolment import Enrolment, ForeignSiteError, apply
from kiosk.errors import KioskError
from kiosk.identity import load_or_create_identity
from kiosk.own_hall import HallMissingError, load_own_hall
from kiosk.store.writer import Store
from kiosk.sync.wire import DeviceKind
from server.invitations import Wish, invite
from server.publishing import publish_files
from server.run import Server
from tests.conftest import Logs
from tests.paired_kiosk import site_server
from tests.published_hall import HALL, site_bytes, site_file

SITE_ENROLMENT = Enrolment(
    server_url="http://192.0.2.1:8035",
    site=HALL,
    device="0" * 16,
    kind=DeviceKind.KIOSK,
    kiosk_number=3,
    letter="C",
    name="Pintu utara",
    server="1" * 16,
    server_key=f"{'A' * 43}=",
    server_epoch=1,
    authorities=(),
)


def test_what_the_server_decided_goes_over_the_settings() -> None:
    config = apply(KioskConfig(), SITE_ENROLMENT)
    assert (config.number, config.letter, config.name) == (3, "C", "Pintu utara")
    assert config.sync.server == "http://192.0.2.1:8035"
    assert apply(KioskConfig(), None) == KioskConfig()


def test_the_settings_may_say_where_the_server_is_now() -> None:
    moved = KioskConfig(sync=SyncConfig(server="http://192.0.2.9:8035"))
    assert apply(moved, SITE_ENROLMENT).sync.server == "http://192.0.2.9:8035"


def test_a_code_without_an_address_asks_for_one(tmp_path: Path) -> None:
    with pytest.raises(KioskError, match="Which server"):
        enrol_kiosk("7KQ-M3X9T", KioskConfig(data_dir=tmp_path))


@pytest.mark.parametrize("address", ["ftp://192.0.2.1", "192.0.2.1:8035", "http://"])
def test_an_address_that_is_none_is_said_so(tmp_path: Path, address: str) -> None:
    with pytest.raises(KioskError, match="is no server's address"):
        enrol_kiosk(f"GILIRAN:{address}:7KQ-M3X9T", KioskConfig(data_dir=tmp_path))


@contextmanager
def hall_server(folder: Path, *, is_published: bool = True) -> Iterator[Server]:
    with site_server(folder) as server:
        if is_published:
            publish_files(server.node, None, site_file(folder / "files"))
        yield server


def enrolled(server: Server, config: KioskConfig) -> Outcome:
    code, _ = invite(server.node, Wish(HALL))
    return enrol_kiosk(f"GILIRAN:{server.url}:{code}", config)


def hall_of(config: KioskConfig, enrolment: Enrolment) -> DataInForce:
    identity = load_or_create_identity(config.data_dir)
    with Store.open(config.data_dir, SystemClock(), identity) as store:
        return load_own_hall(store, apply(config, enrolment), enrolment, identity, SystemClock())


def test_the_first_start_fetches_the_hall_and_later_ones_need_nobody(tmp_path: Path) -> None:
    config = KioskConfig(data_dir=tmp_path / "kiosk")
    with hall_server(tmp_path / "server") as server:
        enrolment = enrolled(server, config).enrolment
        first = hall_of(config, enrolment)
    assert (first.site.id, first.site.is_demonstration) == (HALL, False)
    assert hall_of(config, enrolment).site == first.site


def test_a_hall_that_nobody_has_published_is_not_replaced_by_the_sample(tmp_path: Path) -> None:
    config = KioskConfig(data_dir=tmp_path / "kiosk")
    with hall_server(tmp_path / "server", is_published=False) as server:
        enrolment = enrolled(server, config).enrolment
        with pytest.raises(HallMissingError, match=f"no file of its hall {HALL} yet. Publish it") as missing:
            hall_of(config, enrolment)
        assert "site" not in missing.value.offered
    with pytest.raises(HallMissingError, match=r"no file of its hall .* cannot be reached"):
        hall_of(config, enrolment)


def test_a_hall_that_the_kiosk_does_not_take_is_said_with_the_reason(tmp_path: Path, expected_logs: Logs) -> None:
    expected_logs("data_file_refused")
    config = KioskConfig(data_dir=tmp_path / "kiosk")
    with hall_server(tmp_path / "server") as server:
        enrolment = enrolled(server, config).enrolment.model_copy(update={"authorities": ()})
        with pytest.raises(HallMissingError, match="whom nobody here was told to trust") as missing:
            hall_of(config, enrolment)
    assert missing.value.offered["site"] > 0


def test_a_technicians_file_of_another_hall_is_refused(tmp_path: Path) -> None:
    own = site_file(tmp_path / "own")
    other = site_file(tmp_path / "other", site_bytes(id="mpp-lain"))
    config = KioskConfig(data_dir=tmp_path / "kiosk")
    with hall_server(tmp_path / "server") as server:
        enrolment = enrolled(server, config).enrolment
        with pytest.raises(ForeignSiteError, match="mpp-lain"):
            hall_of(replace(config, site=other), enrolment)
    assert hall_of(replace(config, site=own), enrolment).site.id == HALL
