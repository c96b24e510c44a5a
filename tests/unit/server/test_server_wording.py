"""How lengths of time, sizes and the troubles of machines are said on the status page."""

import ssl
from datetime import timedelta

import httpx2
import pytest

from kiosk.domain.language import Language
from kiosk.sync.tls import unreachable
from server.foreign_sentences import in_language
from server.settings import Role
from server.status_view import not_readable
from server.wording import duration, size


@pytest.mark.parametrize(
    ("seconds", "indonesian", "english"),
    [
        (0, "0 dtk", "0 s"),
        (59, "59 dtk", "59 s"),
        (95, "1 mnt 35 dtk", "1 min 35 s"),
        (725, "12 mnt", "12 min"),
        (11_520, "3 jam 12 mnt", "3 h 12 min"),
        (200_000, "2 hari 7 jam", "2 d 7 h"),
        (-90, "1 mnt 30 dtk", "1 min 30 s"),
    ],
)
def test_durations_read_as_people_say_them(seconds: int, indonesian: str, english: str) -> None:
    said = duration(timedelta(seconds=seconds))
    assert (said.id, said.en) == (indonesian, english)


@pytest.mark.parametrize(
    ("count", "said"), [(500, "0 kB"), (310_000_000, "310 MB"), (7_900_000_000, "7,9 GB"), (41 * 10**9, "41 GB")]
)
def test_sizes_read_as_people_say_them(count: int, said: str) -> None:
    assert size(count, Language.INDONESIAN).replace("\N{NO-BREAK SPACE}", " ") == said


def test_known_sentences_of_errors_are_said_in_indonesian() -> None:
    english = str(unreachable(httpx2.ConnectError("Connection refused"), "http://192.0.2.1"))
    assert in_language(english, Language.INDONESIAN) == "Server tidak terjangkau: Connection refused."
    assert in_language(english, Language.ENGLISH) == english
    error = httpx2.ConnectError("handshake")
    error.__cause__ = ssl.SSLCertVerificationError(1, "self-signed certificate")
    error.__cause__.verify_message = "self-signed certificate"
    said = in_language(str(unreachable(error, "https://192.0.2.1")), Language.INDONESIAN)
    assert said.startswith(
        "Yang menjawab di https://192.0.2.1 tidak dipercaya sebagai server (self-signed certificate):"
    )
    assert in_language("Something else.", Language.INDONESIAN) == "Something else."


def test_central_without_its_database_speaks_of_sites() -> None:
    assert "Kiosks go on" in not_readable(Role.SITE, Language.ENGLISH)
    assert "The sites go on" in not_readable(Role.CENTRAL, Language.ENGLISH)
