"""The sentences of errors that a technician meets most, in Indonesian: errors are English, the status page is not."""

import re
from typing import Final

from kiosk.domain.language import Language

_IN_INDONESIAN: Final = tuple(
    (re.compile(english, re.DOTALL), indonesian)
    for english, indonesian in (
        (
            r"The server cannot be reached: no connection in time\.",
            "Server tidak terjangkau: tidak tersambung pada waktunya.",
        ),
        (r"The server cannot be reached: (.+)\.", r"Server tidak terjangkau: \1."),
        (r"The server did not answer within (\S+) s\.", r"Server tidak menjawab dalam \1 detik."),
        (r"The server fell silent in the middle of a call\.", "Server terdiam di tengah percakapan."),
        (
            r"Whoever answers at (\S+) is not believed to be the server \((.+)\): check .+",
            r"Yang menjawab di \1 tidak dipercaya sebagai server (\2): periksa alamat, jaringan, dan berkas otoritas.",
        ),
        (r"Another server has taken over this site: (.+)", r"Server lain sudah mengambil alih gedung ini: \1"),
        (r"The server's database cannot be used: (.+)\.", r"Basis data server tidak dapat dipakai: \1."),
        (r"PostgreSQL cannot be used, (.+)", r"PostgreSQL tidak dapat dipakai, \1"),
    )
)


def in_language(sentence: str, language: Language) -> str:
    """An error's English sentence as it should be shown; unchanged where it is not one of the known."""
    if language is Language.ENGLISH:
        return sentence
    for english, indonesian in _IN_INDONESIAN:
        if match := english.fullmatch(sentence):
            return match.expand(indonesian)
    return sentence
