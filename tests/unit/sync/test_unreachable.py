"""The sentence for a server that cannot be reached."""

import asyncio
from pathlib import Path

import httpx2
import pytest

from kiosk.errors import OfflineError
from kiosk.identity import new_identity
from kiosk.sync.client import SyncClient
from kiosk.sync.tls import unreachable
from server.run import Server
from server.settings import Role, ServerSettings
from tests.certificates import PrivateAuthority
from tests.paired_kiosk import SITE


async def ask(url: str) -> None:
    async with SyncClient(url, SITE, new_identity()) as client:
        await client.open_session()


def test_plain_http_to_a_server_that_speaks_https_says_so(tmp_path: Path) -> None:
    tls = PrivateAuthority.make().give(tmp_path / "tls")
    with Server(ServerSettings(Role.SITE, tmp_path / "server", tls=tls)) as server:
        url = server.url.replace("https://", "http://")
        with pytest.raises(OfflineError) as told:
            asyncio.run(ask(url))
    sentence = f"Whoever answers at {url} hung up without a word: perhaps it speaks https, and the address must say so."
    assert str(told.value) == sentence


@pytest.mark.parametrize("said", ["All connection attempts failed", "All connection attempts failed."])
def test_a_sentence_has_one_full_stop(said: str) -> None:
    told = unreachable(httpx2.ConnectError(said), "http://127.0.0.1:9")
    assert str(told) == "The server cannot be reached: All connection attempts failed."


def test_over_https_nobody_is_told_to_speak_it() -> None:
    silent = httpx2.RemoteProtocolError("Server disconnected without sending a response.")
    told = unreachable(silent, "https://127.0.0.1:9")
    assert str(told) == "The server cannot be reached: Server disconnected without sending a response."
