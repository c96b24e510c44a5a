"""A site server on this machine, as a process of its own: what `giliran run` and `giliran demo` sync to."""

import subprocess
from pathlib import Path
from time import monotonic
from types import TracebackType
from typing import Final, Self

from kiosk.errors import KioskError
from kiosk.paths import make_folder, own_command

_ADDRESS_FILE: Final = "server.address"
_START_WITHIN_S: Final = 30.0
_STOP_WITHIN_S: Final = 10.0


class ServerStartError(KioskError):
    """The site server on this machine did not come up."""


class LocalServer:
    """`with LocalServer(folder) as server: server.url`. Its log is `<folder>/server.log`. `site_file`: the hall's own;
    without one it shows the sample hall to its desks and boards, and hands down nothing.
    """

    def __init__(self, folder: Path, site_file: Path | None = None) -> None:
        self._folder = folder
        self._site_file = site_file
        self._process: subprocess.Popen[bytes] | None = None
        self.url = ""

    def __enter__(self) -> Self:
        make_folder(self._folder)
        address = self._folder / _ADDRESS_FILE
        address.unlink(missing_ok=True)
        command = [*own_command(), "server", "--role", "site", "--data", str(self._folder), "--listen", "127.0.0.1:0"]
        if self._site_file is not None:
            command += ["--site", str(self._site_file)]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)  # noqa: S603
        try:
            self.url = self._wait_for(address)
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    @property
    def _log(self) -> Path:
        return self._folder / "server.log"

    def _wait_for(self, address: Path) -> str:
        """The server writes its address as soon as it listens. Waits on the process, so its end is seen at once."""
        process = self._process
        deadline = monotonic() + _START_WITHIN_S
        while process is not None and monotonic() < deadline:
            if address.exists():
                return address.read_text().strip()
            try:
                process.wait(timeout=0.05)
            except subprocess.TimeoutExpired:
                continue
            break
        raise ServerStartError(f"The site server on this machine did not start: {self._last_words()} ({self._log})")

    def _last_words(self) -> str:
        lines = self._log.read_text("utf-8", errors="replace").splitlines()
        return lines[-1] if lines else "it said nothing."

    def _stop(self) -> None:
        process = self._process
        if process is None:
            return
        process.terminate()
        try:
            process.wait(timeout=_STOP_WITHIN_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
