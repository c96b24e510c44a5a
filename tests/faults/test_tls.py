"""Who is believed to be the server: N8 (a wrong certificate), T1 and T6 (dates that are wrong), and the files of it."""

import asyncio
import socket
import ssl
import subprocess
import sys
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

import pytest

from kiosk.config import KioskConfig, SyncConfig, load_config
from kiosk.enrolling import enrol_kiosk, enrol_site_server
from kiosk.enrolment import ENROLMENT_FILE, UPSTREAM_AUTHORITY_FILE
from kiosk.errors import DataFileError, KioskError, OfflineError
from kiosk.identity import Identity
from kiosk.sync.client import SyncClient
from kiosk.sync.status import SyncState
from kiosk.sync.tls import AuthorityFileError
from kiosk.sync.wire import DeviceKind, Session
from server.readiness import ReasonCode, state_of
from server.run import ADDRESS_FILE, Server
from server.settings import Role, ServerSettings, Tls, Upstream
from server.tls import TlsError, server_context
from tests.bad_network import Proxy, relay
from tests.certificates import DAY, NOW, PrivateAuthority
from tests.paired_kiosk import IMPATIENT, PATIENCE_S, SITE, pair, paired_kiosk
from tests.pairing_by_code import invited
from tests.relayed_site import BRISK, enrol_site, relaying_server, wait_for_relay


def tls_server(folder: Path, tls: Tls) -> Server:
    return Server(ServerSettings(Role.SITE, folder, tls=tls))


def session_with(url: str, identity: Identity, authority: Path | None) -> Session:
    async def ask() -> Session:
        async with SyncClient(url, SITE, identity, authority=authority) as client:
            return await client.open_session()

    return asyncio.run(ask())


def test_the_pinned_authority_is_believed(tmp_path: Path) -> None:
    authority = PrivateAuthority.make()
    identity = pair(tmp_path / "kiosk", tmp_path / "server")
    with tls_server(tmp_path / "server", authority.give(tmp_path / "tls")) as server:
        assert server.url.startswith("https://127.0.0.1:")
        assert (tmp_path / "server" / ADDRESS_FILE).read_text() == server.url
        assert session_with(server.url, identity, authority.file(tmp_path)).server_epoch == 1


def test_n8_a_certificate_of_another_authority_is_not_believed(tmp_path: Path, expected_logs: Any) -> None:
    """A captive portal, a stranger on the line: nothing is sent to him, and the kiosk says why."""
    expected_logs("server_lost")
    ours, theirs = PrivateAuthority.make(), PrivateAuthority.make()  # he calls himself by the same name
    identity = pair(tmp_path / "kiosk", tmp_path / "server")
    file = ours.file(tmp_path)
    with tls_server(tmp_path / "server", theirs.give(tmp_path / "tls")) as server:
        with pytest.raises(OfflineError, match="not believed to be the server"):
            session_with(server.url, identity, file)
        with paired_kiosk(tmp_path / "kiosk", identity, server.url, IMPATIENT, authority=file) as kiosk:
            kiosk.issue(3)
            status = kiosk.wait_until(lambda status: status.state is SyncState.OFFLINE and status.backlog > 0)
            assert "not believed" in status.detail
            assert kiosk.acknowledged() == {}


def test_n8_a_site_says_at_once_that_central_is_not_believed(tmp_path: Path, expected_logs: Any) -> None:
    expected_logs("central_lost")
    tls = PrivateAuthority.make().give(tmp_path / "tls")
    enrol_site(tmp_path / "site", tmp_path / "central")
    central = Server(ServerSettings(Role.CENTRAL, tmp_path / "central", tls=tls))
    with central, relaying_server(tmp_path / "site", central.url) as site:
        assert site.node.relay.wait_for(lambda status: not status.is_believed, PATIENCE_S)
        (reason,) = state_of(site.node).reasons
        assert reason.code is ReasonCode.UPSTREAM_NOT_BELIEVED
        assert "not believed to be the server" in reason.sentence()


def test_n8_the_machines_own_store_does_not_know_a_private_authority(tmp_path: Path) -> None:
    identity = pair(tmp_path / "kiosk", tmp_path / "server")
    tls = PrivateAuthority.make().give(tmp_path / "tls")
    with tls_server(tmp_path / "server", tls) as server, pytest.raises(OfflineError, match="not believed"):
        session_with(server.url, identity, None)


def test_n8_a_certificate_for_another_name_is_not_believed(tmp_path: Path) -> None:
    authority = PrivateAuthority.make()
    identity = pair(tmp_path / "kiosk", tmp_path / "server")
    tls = authority.give(tmp_path / "tls", ("192.0.2.7", "server.example"))
    with tls_server(tmp_path / "server", tls) as server, pytest.raises(OfflineError, match="not believed"):
        session_with(server.url, identity, authority.file(tmp_path))


def test_n8_a_code_is_not_brought_to_a_stranger(tmp_path: Path) -> None:
    ours, theirs = PrivateAuthority.make(), PrivateAuthority.make()
    with tls_server(tmp_path / "server", theirs.give(tmp_path / "tls")) as server:
        code, _ = invited(server.node)
        for authority, believed in ((ours, False), (theirs, True)):
            sync = SyncConfig(server.url, authority.file(tmp_path))
            config = KioskConfig(data_dir=tmp_path / "kiosk", sync=sync)
            if believed:
                assert enrol_kiosk(code, config).enrolment.site == SITE
            else:
                with pytest.raises(OfflineError, match="not believed"):
                    enrol_kiosk(code, config)
            assert (tmp_path / "kiosk" / ENROLMENT_FILE).exists() is believed


@pytest.mark.parametrize(
    ("since", "until"),
    [(NOW - 90 * DAY, NOW - DAY), (NOW + DAY, NOW + 90 * DAY), (datetime(2000, 1, 1, tzinfo=UTC), NOW - 900 * DAY)],
    ids=["expired", "not yet valid", "long expired"],
)
def test_t6_dates_do_not_cut_a_pinned_server_off(tmp_path: Path, since: datetime, until: datetime) -> None:
    """T1 too: to a kiosk whose battery died in 2000 every certificate is not yet valid."""
    authority = PrivateAuthority.make(since=since, until=until)
    identity = pair(tmp_path / "kiosk", tmp_path / "server")
    tls = authority.give(tmp_path / "tls", since=since, until=until)
    with tls_server(tmp_path / "server", tls) as server:
        assert session_with(server.url, identity, authority.file(tmp_path)).session


def test_t6_the_authority_changes_in_the_middle_of_an_outage(tmp_path: Path, expected_logs: Any) -> None:
    """The technician's file names the old and the new one; the device's own key has nothing to do with either."""
    expected_logs("server_lost")
    old, new = PrivateAuthority.make("old"), PrivateAuthority.make("new")
    server_dir, kiosk_dir = tmp_path / "server", tmp_path / "kiosk"
    identity = pair(kiosk_dir, server_dir)
    both = old.file(tmp_path, new)
    with tls_server(server_dir, old.give(tmp_path / "tls", until=NOW - DAY)) as server:
        listen = server.url.removeprefix("https://")
        with paired_kiosk(kiosk_dir, identity, server.url, IMPATIENT, authority=both) as kiosk:
            kiosk.issue(2)
            kiosk.wait_until_synced()
    with paired_kiosk(kiosk_dir, identity, f"https://{listen}", IMPATIENT, authority=both) as kiosk:
        kiosk.issue(2)
        settings = ServerSettings(Role.SITE, server_dir, tls=new.give(tmp_path / "tls"))
        with Server(settings, listen):
            kiosk.wait_until_synced()


def test_a_proxy_that_only_carries_bytes_changes_nothing(tmp_path: Path) -> None:
    authority = PrivateAuthority.make()
    identity = pair(tmp_path / "kiosk", tmp_path / "server")
    with (
        tls_server(tmp_path / "server", authority.give(tmp_path / "tls")) as server,
        Proxy(relay(server.url)) as proxy,
    ):
        url = proxy.url.replace("http://", "https://")
        assert session_with(url, identity, authority.file(tmp_path)).session


def test_nothing_older_than_tls_1_2_is_spoken(tmp_path: Path) -> None:
    authority = PrivateAuthority.make()
    tls = authority.give(tmp_path / "tls")
    assert server_context(tls).minimum_version is ssl.TLSVersion.TLSv1_2
    with tls_server(tmp_path / "server", tls) as server:
        address = urlsplit(server.url)
        old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        old.check_hostname, old.verify_mode = False, ssl.CERT_NONE
        old.set_ciphers("ALL:@SECLEVEL=0")
        with pytest.warns(DeprecationWarning, match="TLSv1_1 is deprecated"):
            old.maximum_version = ssl.TLSVersion.TLSv1_1
        plain = socket.create_connection((address.hostname, address.port))
        with plain, pytest.raises(ssl.SSLError):
            old.wrap_socket(plain)


def test_authority_that_is_no_certificate_is_one_trouble_of_a_call(tmp_path: Path) -> None:
    identity = pair(tmp_path / "kiosk", tmp_path / "server")
    file = tmp_path / "authority.pem"
    with pytest.raises(AuthorityFileError, match="cannot be read: No such file"):
        session_with("https://127.0.0.1:9", identity, file)
    file.write_text("no certificate")
    with pytest.raises(AuthorityFileError, match="must be a PEM file"):
        session_with("https://127.0.0.1:9", identity, file)


def test_server_files_that_do_not_fit_are_a_sentence(tmp_path: Path) -> None:
    good = PrivateAuthority.make().give(tmp_path / "tls")
    other = PrivateAuthority.make().give(tmp_path / "other")
    (tmp_path / "text").write_text("text")
    for tls, sentence in (
        (Tls(good.certificate, tmp_path / "none"), "none cannot be read: No such file"),
        (Tls(good.certificate, other.key), "is not the key of"),
        (Tls(tmp_path / "text", good.key), "must be PEM files"),
    ):
        with pytest.raises(TlsError, match=sentence):
            tls_server(tmp_path / "server", tls)
    with tls_server(tmp_path / "server", good):
        """What failed before let go of the folder."""


def test_settings_name_an_authority_only_for_https(tmp_path: Path) -> None:
    file = tmp_path / "kiosk.toml"
    PrivateAuthority.make().file(tmp_path)
    file.write_text('[sync]\nserver = "https://127.0.0.1:8035"\nauthority = "authority.pem"\n')
    assert load_config(file).sync.authority == tmp_path / "authority.pem"
    file.write_text('[sync]\nserver = "http://127.0.0.1:8035"\nauthority = "authority.pem"\n')
    with pytest.raises(DataFileError, match=r"sync.authority: is of no use with http://"):
        load_config(file)


@pytest.mark.parametrize("given", ["--tls-cert", "--tls-key"])
def test_certificate_and_key_belong_together(tmp_path: Path, given: str) -> None:
    file = tmp_path / "file.pem"
    file.write_text("")
    words = ["server", "--role", "site", "--data", str(tmp_path / "server"), given, str(file)]
    done = subprocess.run([sys.executable, "giliran.py", *words], check=False, capture_output=True, text=True)
    assert done.returncode == 2
    assert "--tls-cert and --tls-key belong together" in done.stderr


def test_trouble_with_tls_is_a_kiosk_error() -> None:
    """So the command line says it in a sentence."""
    assert issubclass(TlsError, KioskError)


def test_the_authority_of_central_is_kept_where_the_site_was_enrolled(tmp_path: Path) -> None:
    """Then the server relays without being told again, also after the technician's file is gone."""
    authority = PrivateAuthority.make()
    site_dir = tmp_path / "site"
    tls = authority.give(tmp_path / "tls")
    with Server(ServerSettings(Role.CENTRAL, tmp_path / "central", tls=tls)) as central:
        code, _ = invited(central.node, DeviceKind.SITE)
        given = authority.file(tmp_path)
        outcome = enrol_site_server(code, site_dir, central.url, given)
        given.unlink()
        assert outcome.enrolment.authority == UPSTREAM_AUTHORITY_FILE
        assert (site_dir / UPSTREAM_AUTHORITY_FILE).stat().st_mode & 0o777 == 0o600
        with Server(ServerSettings(Role.SITE, site_dir), relay_pace=BRISK) as site:
            wait_for_relay(site, lambda status: status.state is SyncState.ONLINE)


def test_an_authority_named_at_the_start_overrules_the_kept_one(tmp_path: Path, expected_logs: Any) -> None:
    expected_logs("central_lost")
    authority, other = PrivateAuthority.make(), PrivateAuthority.make("other")
    site_dir = tmp_path / "site"
    with Server(ServerSettings(Role.CENTRAL, tmp_path / "central", tls=authority.give(tmp_path / "tls"))) as central:
        code, _ = invited(central.node, DeviceKind.SITE)
        enrol_site_server(code, site_dir, central.url, authority.file(tmp_path))
        settings = ServerSettings(Role.SITE, site_dir, upstream=Upstream(authority=other.file(tmp_path)))
        with Server(settings, relay_pace=BRISK) as site:
            wait_for_relay(site, lambda status: "not believed" in status.detail)


def test_an_authority_that_is_none_is_refused_at_the_start(tmp_path: Path) -> None:
    file = tmp_path / "authority.pem"
    file.write_text("no certificate")
    words = ["server", "--role", "site", "--data", str(tmp_path / "server"), "--upstream-authority", str(file)]
    done = subprocess.run([sys.executable, "giliran.py", *words], check=False, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"The authority {file} holds no certificate: it must be a PEM file.\n"


def test_a_server_stops_though_a_client_keeps_its_connection(tmp_path: Path) -> None:
    """Its word that it closes too would be waited for, for as long as a TLS connection may take to end."""
    authority = PrivateAuthority.make()
    believing = ssl.create_default_context(cafile=authority.file(tmp_path))
    with ExitStack() as kept:
        with tls_server(tmp_path / "server", authority.give(tmp_path / "tls")) as server:
            raw = kept.enter_context(socket.create_connection(("127.0.0.1", urlsplit(server.url).port or 0), 10))
            line = kept.enter_context(believing.wrap_socket(raw, server_hostname="127.0.0.1"))
            line.sendall(b"GET /healthz HTTP/1.1\r\nHost: hall\r\n\r\n")
            assert line.recv(4096).startswith(b"HTTP/1.1 200")
            began = monotonic()
        assert monotonic() - began < 4
