"""What the operator's commands say in words: lines to copy, and times as the site's own clock shows them."""

import shlex
from datetime import UTC, datetime
from pathlib import Path

from click.testing import CliRunner

from giliran import main
from kiosk.domain.pairing_code import parse_link
from kiosk.identity import new_identity
from server.devices import DeviceRecord
from server.enrolment import admit, revoke
from server.schema import sites
from server.site_time import local_time
from tests.paired_kiosk import SITE, site_server

NOON = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)


def said(*words: str) -> str:
    return CliRunner().invoke(main, ["server", *words], catch_exceptions=False).output


def test_invitation_is_a_line_that_can_be_copied(tmp_path: Path) -> None:
    with site_server(tmp_path) as server:
        shown = said("invite", "--data", str(tmp_path), "--site", SITE, "--no-wait")
        (line,) = (line for line in shown.splitlines() if "giliran enrol" in line)
        words = shlex.split(line.partition(": ")[2])
        assert words[:2] + words[3:] == ["giliran", "enrol", "--config", "kiosk.toml"]
        assert parse_link(words[2])[0] == server.url
        of_desk = said("invite", "--data", str(tmp_path), "--kind", "desk", "--site", "other", "--no-wait")
        assert of_desk.endswith(" --config desk.toml\n")


def test_times_are_those_of_the_site_and_name_their_zone() -> None:
    assert local_time(NOON, "Asia/Jakarta") == "2026-11-23 12:00 WIB"
    assert local_time(NOON, None) == "2026-11-23 05:00 UTC"


def test_devices_are_listed_with_the_sites_own_time(tmp_path: Path) -> None:
    with site_server(tmp_path) as server:
        identity = new_identity()
        admit(server.node, DeviceRecord(identity.device_id, identity.public_key, SITE, 1, "A", "Lobi"))
        revoke(server.node, SITE, identity.device_id)
        with server.node.database.writing() as connection:
            connection.execute(sites.delete())
        assert " UTC " in said("devices", "--data", str(tmp_path))
        with server.node.database.writing() as connection:
            connection.execute(sites.insert().values(site_id=SITE, timezone="Asia/Makassar"))
        assert " WITA " in said("devices", "--data", str(tmp_path))
