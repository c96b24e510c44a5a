"""The site server that `giliran run` starts beside the kiosk."""

from pathlib import Path

import pytest

from kiosk.lock import FolderLock
from ui.local_server import LocalServer, ServerStartError


def test_server_that_did_not_start_is_quoted(tmp_path: Path) -> None:
    """`giliran run` a second time."""
    first = FolderLock(tmp_path)
    try:
        with pytest.raises(ServerStartError, match="did not start: Another Giliran is already running"):
            LocalServer(tmp_path).__enter__()
    finally:
        first.release()
