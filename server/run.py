"""Running a server: bind, say where, serve, stop in good order."""

import os
import signal
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import structlog
import uvicorn
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from kiosk.clock import Clock
from kiosk.disk_guard import LOOK_EVERY_S, DiskGuard
from kiosk.enrolment import UPSTREAM_FILE
from kiosk.errors import KioskError, StoreReadOnlyError
from kiosk.identity import load_or_create_identity
from kiosk.lock import FolderLock
from kiosk.paths import make_folder
from kiosk.sync.tls import trusted
from kiosk.sync.wire import PROTOCOL, PROTOCOL_HEADER
from server.app import create_app
from server.changes import Presence
from server.chores import Chore, Chores
from server.database_check import EVERY_S
from server.disk_guard import server_guard
from server.node import Node, open_node
from server.ownership import claim
from server.pairing import pairing_secret
from server.projection import project_parked
from server.receiving import RECEIVE_WITHIN_S, punctual_protocol
from server.relaying import Relaying, RelayPace
from server.remembered import remember
from server.retention import prune_old
from server.schema import devices
from server.settings import Role, ServerSettings
from server.site_at_start import publish_at_start
from server.staff_sessions import end_old_sessions
from server.tls import server_context
from server.trusting import publish_trust_lists
from server.unseen_slips import LOOK_EVERY_S as SLIPS_EVERY_S
from server.waits import LOOK_EVERY_S as WAITS_EVERY_S
from server.waits import WaitWatch

log = structlog.get_logger(__name__)

ADDRESS_FILE: Final = "server.address"
"""In the data folder while the server runs: its URL. For scripts that asked for any free port."""

_CONNECTIONS: Final = 800
"""Below the 1,024 open files that systems allow a process by default."""
_IDLE_S: Final = 75
_STOP_WITHIN_S: Final = 5


class ListenError(KioskError):
    """The address cannot be listened on."""


def serve(settings: ServerSettings, listen: str, on_ready: Callable[[str], None] | None = None) -> None:
    """Runs until SIGTERM or SIGINT. `listen` is HOST:PORT, port 0 for any free one; `on_ready` gets the URL.

    Raises:
        ListenError: the address is taken or not ours.
        StoreLockedError: another program of ours works in the folder.
        StoreError: the folder or the database cannot be used.
        DataFileError: the site file is not one that a kiosk would take.
        AuthorityFileError: the authority that was named cannot be used.
    """
    Server(settings, listen, on_ready=on_ready, guards_disk=True).run()


class Server:
    """One server that can be run here, or in a thread of its own: `with Server(...) as server: server.url`."""

    def __init__(  # noqa: PLR0913  # all that a test may want otherwise
        self,
        settings: ServerSettings,
        listen: str = "127.0.0.1:0",
        *,
        clock: Clock | None = None,
        on_ready: Callable[[str], None] | None = None,
        receive_within_s: float = RECEIVE_WITHIN_S,
        relay_pace: RelayPace | None = None,
        guards_disk: bool = False,
    ) -> None:
        """`guards_disk`: watches the disk, and keeps ballast on it. One that is soon gone again need not."""
        self._settings = settings
        self._on_ready = on_ready
        if settings.upstream is not None:
            trusted(settings.upstream.authority)  # a file that is none is found now, by who named it
        make_folder(settings.data_dir)
        identity = load_or_create_identity(settings.data_dir)  # it takes the folder's lock while it makes one
        with ExitStack() as opened:
            opened.callback(_lock(settings.data_dir).release)
            self.node: Node = open_node(settings, clock, identity)
            opened.callback(self.node.close)
            claim(self.node)
            if settings.site_file is not None:
                publish_at_start(self.node, settings.data_dir, settings.site_file)
            self._socket = opened.enter_context(_bind(listen))
            context = None if settings.tls is None else server_context(settings.tls)
            self.url = _url(self._socket, "http" if context is None else "https")
            try:
                secret = opened.enter_context(pairing_secret(*self._socket.getsockname()[:2]))
            except OSError as error:
                raise ListenError(f"No kiosk of this machine could pair with {self.url}: {error}.") from error
            remember(settings)
            self._while_open = opened.pop_all()
        self._ready = threading.Event()
        guard = server_guard(self.node, settings.data_dir) if guards_disk else None
        self._chores = _chores(self.node, guard)
        self._database_check = Chores((Chore("database check", EVERY_S, self.node.database_check.run),))
        self._relaying = _relaying(self.node, settings, relay_pace)
        self._uvicorn = _Uvicorn(
            _config(self.node, secret, receive_within_s, context), self._announce, self.node.stream.close
        )
        self._thread: threading.Thread | None = None

    def run(self) -> None:
        """Blocks until a signal or `stop`."""
        try:
            self._chores.start()
            self._database_check.start()
            if self._relaying is not None:
                self._relaying.start()
            self._uvicorn.run(sockets=[self._socket])
        finally:
            if self._relaying is not None:
                self._relaying.stop()
            self._chores.stop()
            self.node.database_check.stop()
            self._database_check.stop()
            with suppress(DBAPIError):  # what is lost only widens a bracket
                self.node.contacts.write()
            (self._settings.data_dir / ADDRESS_FILE).unlink(missing_ok=True)
            self._while_open.close()
            self._ready.set()
            log.info("server_stopped", url=self.url)

    def stop(self) -> None:
        """Open requests are finished first; from any thread."""
        self._uvicorn.should_exit = True

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self.run, name="server")
        self._thread.start()
        self._ready.wait()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        if self._thread is not None:
            self._thread.join()

    def _announce(self) -> None:
        _write_whole(self._settings.data_dir / ADDRESS_FILE, self.url)
        log.info("server_started", url=self.url, role=self._settings.role)
        self._ready.set()
        if self._on_ready is not None:
            self._on_ready(self.url)


def _relaying(node: Node, settings: ServerSettings, pace: RelayPace | None) -> Relaying | None:
    """A site that was enrolled at central relays to it, named on the command line or not."""
    if settings.role is not Role.SITE:
        return None
    if settings.upstream is None and not (settings.data_dir / UPSTREAM_FILE).exists():
        return None
    return Relaying(node, settings.data_dir, settings.upstream, pace)


def _chores(node: Node, guard: DiskGuard | None) -> Chores:
    """What a server does by itself, beside answering."""
    disk = () if guard is None else (Chore("disk", LOOK_EVERY_S, guard.look),)
    hall = (
        Chore("service day", 10.0, lambda: node.service_days.open_due(node.database)),
        Chore("recovery", 1.0, node.recoveries.settle),
        Chore("trust list", 3.0, lambda: publish_trust_lists(node)),
        Chore("waits", WAITS_EVERY_S, WaitWatch(node).look),
        Chore("slips that nobody holds", SLIPS_EVERY_S, lambda: _look_at_slips(node)),
        Chore("old sessions of staff", 60.0, lambda: end_old_sessions(node)),
    )
    everywhere = (
        Chore("contacts", 1.0, node.contacts.write_due),
        Chore("presence", 2.0, Presence(node).look),
        Chore("parked events", 3600.0, lambda: _try_parked(node)),
        Chore("retention", 6 * 3600.0, lambda: prune_old(node)),
    )
    return Chores((*disk, *everywhere, *(hall if node.role is Role.SITE else ())))


def _look_at_slips(node: Node) -> None:
    with node.database.reading() as connection:
        sites = connection.execute(select(devices.c.site_id).distinct().order_by(devices.c.site_id)).scalars().all()
    node.unseen_slips.look(node.database, node.service_days, sites)


def _try_parked(node: Node) -> None:
    if project_parked(node.database, node.identity.device_id):
        for site_id in node.stream.watched():
            node.stream.start_over(site_id)


class _Uvicorn(uvicorn.Server):
    """Tells when it listens, and ends in good order on a signal."""

    def __init__(self, config: uvicorn.Config, on_started: Callable[[], None], on_stopping: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_started = on_started
        self._on_stopping = on_stopping

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._on_started()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._on_stopping()  # a stream has no end of its own to wait for
        await super().shutdown(sockets)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """As uvicorn does, but it then raises the signal again, which would end the process before we tidied up."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {number: signal.signal(number, self.handle_exit) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def _config(
    node: Node, secret: bytes | None, receive_within_s: float, context: ssl.SSLContext | None
) -> uvicorn.Config:
    return uvicorn.Config(
        create_app(node, secret),
        http=punctual_protocol(receive_within_s),
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        headers=[(PROTOCOL_HEADER, PROTOCOL)],  # on every answer: a captive portal does not know it
        limit_concurrency=_CONNECTIONS,
        timeout_keep_alive=_IDLE_S,
        timeout_graceful_shutdown=_STOP_WITHIN_S,
        forwarded_allow_ips=["127.0.0.1", "::1"],  # a proxy on this machine, whatever the environment says
        ssl_context_factory=None if context is None else lambda *_: context,
    )


def _lock(data_dir: Path) -> FolderLock:
    make_folder(data_dir)
    try:
        return FolderLock(data_dir)
    except OSError as error:
        raise StoreReadOnlyError(f"The data folder {data_dir} cannot be written: {error.strerror}.") from error


def _bind(listen: str) -> socket.socket:
    host, colon, port = listen.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not (colon and host and port.isdecimal() and int(port) <= 65535):
        raise ListenError(f"{listen!r} is not an address to listen on: write HOST:PORT, for example 0.0.0.0:8035.")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, int(port)), family=family, backlog=256)
    except OSError as error:
        raise ListenError(f"The server cannot listen on {listen}: {error.strerror or error}.") from error


def _url(listening: socket.socket, scheme: str) -> str:
    host, port = listening.getsockname()[:2]
    return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"


def _write_whole(path: Path, text: str) -> None:
    """A reader sees all of it or none."""
    draft = path.with_suffix(".new")
    with draft.open("w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
