"""One server a hall: what belongs to another server is refused in a sentence."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.identity import new_identity
from kiosk.sync.wire import DeviceKind, ProblemCode
from server.enrolment import revoke
from server.invitations import Wish, invite
from server.node import Node, open_node
from server.publishing import publish_files
from server.settings import Role, ServerSettings
from server.whose_site import ForeignSiteError
from tests.pairing_by_code import ask, refusal
from tests.postgresql import database_of
from tests.published_hall import HALL, site_bytes, site_file
from tests.relayed_site import enrol_site

pytestmark = pytest.mark.usefixtures("on_both_databases")


def opened(folder: Path, role: Role) -> Iterator[Node]:
    node = open_node(ServerSettings(role, folder, database_of(folder)))
    yield node
    node.close()


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Node]:
    yield from opened(tmp_path / "site", Role.SITE)


@pytest.fixture
def central(tmp_path: Path) -> Iterator[Node]:
    yield from opened(tmp_path / "central", Role.CENTRAL)


def test_the_first_site_that_a_server_serves_is_its_site(site: Node, tmp_path: Path) -> None:
    publish_files(site, None, site_file(tmp_path / "own"))
    invite(site, Wish(HALL))
    with pytest.raises(ForeignSiteError, match=f"This server is that of {HALL}, not of mpp-lain: "):
        invite(site, Wish("mpp-lain"))
    other = site_file(tmp_path / "other", site_bytes(id="mpp-lain"))
    with pytest.raises(ForeignSiteError, match=f"This server is that of {HALL}, not of mpp-lain: "):
        publish_files(site, None, other)
    publish_files(site, None, site_file(tmp_path / "own", site_bytes(timezone="Asia/Makassar")))


def test_a_site_server_is_of_the_site_that_central_let_it_into(tmp_path: Path) -> None:
    enrol_site(tmp_path / "site", tmp_path / "central", HALL)
    for node in opened(tmp_path / "site", Role.SITE):
        invite(node, Wish(HALL))
        with pytest.raises(ForeignSiteError, match=f"that of {HALL}, not of mpp-lain"):
            invite(node, Wish("mpp-lain"))
        with pytest.raises(ForeignSiteError, match=f"that of {HALL}, not of mpp-lain"):
            publish_files(node, None, site_file(tmp_path, site_bytes(id="mpp-lain")))


def test_central_serves_none_and_publishes_for_all(central: Node, tmp_path: Path) -> None:
    for site_id in (HALL, "mpp-lain"):
        publish_files(central, None, site_file(tmp_path, site_bytes(id=site_id)))
        invite(central, Wish(site_id, DeviceKind.SITE))
    invite(central, Wish("mpp-ketiga"))


def test_kiosks_of_a_site_that_has_its_server_do_not_come_to_central(central: Node) -> None:
    """Also not by a code that was made before the server came, and again when it was revoked."""
    early, _ = invite(central, Wish(HALL))
    code, _ = invite(central, Wish(HALL, DeviceKind.SITE, name="Server aula"))
    server = new_identity()
    ask(central, code, server)
    with pytest.raises(ForeignSiteError, match=f"{HALL} has a server of its own, Server aula .* make the code there"):
        invite(central, Wish(HALL))
    refused = refusal(central, early, new_identity())
    assert refused.code is ProblemCode.CONFLICT
    assert "has a server of its own" in str(refused.detail)
    invite(central, Wish("mpp-lain"))
    invite(central, Wish(HALL, DeviceKind.DESK))
    assert revoke(central, HALL, server.device_id)
    invite(central, Wish(HALL))
