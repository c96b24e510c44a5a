"""Whom a TLS connection is believed: one private authority if there is one, or else whom the machine trusts."""

import ssl
from pathlib import Path
from typing import Final

import httpx2

from kiosk.errors import OfflineError

_NO_CHECK_TIME: Final = 0x200000
"""X509_V_FLAG_NO_CHECK_TIME of OpenSSL, which Python's `ssl` does not name."""


class NotBelievedError(OfflineError):
    """Whoever answers could be anybody; nothing is sent."""


class AuthorityFileError(NotBelievedError):
    """The file of the trusted authority cannot be used; nothing is sent until it can."""


def trusted(authority: Path | None) -> ssl.SSLContext | bool:
    """What httpx2 calls `verify`. `authority`: a PEM file with the certificates that count, and no others do.

    Then nobody looks at dates: a clock whose battery died must not cut a hall off, and whoever has the authority's key
    can make a certificate of any date. Names and signatures are checked as ever. Without an authority: True, the
    machine's own store, dates and all.

    Raises AuthorityFileError.
    """
    if authority is None:
        return True
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.verify_flags |= ssl.VerifyFlags(_NO_CHECK_TIME)
    try:
        context.load_verify_locations(cafile=authority)
    except ssl.SSLError as error:
        raise AuthorityFileError(f"The authority {authority} holds no certificate: it must be a PEM file.") from error
    except OSError as error:
        raise AuthorityFileError(
            f"The authority {authority} cannot be read: {error.strerror}. Without it no server is believed."
        ) from error
    return context


def unreachable(error: httpx2.HTTPError, server_url: str) -> OfflineError:
    """The sentence for a call that did not reach the server, or reached somebody else."""
    fault = _certificate_fault(error)
    if fault is None and "disconnected" in str(error) and server_url.startswith("http://"):
        return OfflineError(
            f"Whoever answers at {server_url} hung up without a word: perhaps it speaks https, and the address must say"
            " so."
        )
    if fault is None:
        return OfflineError(f"The server cannot be reached: {str(error).rstrip('.') or type(error).__name__}.")
    return NotBelievedError(
        f"Whoever answers at {server_url} is not believed to be the server ({fault}): check the address, the network"
        " and the authority."
    )


def _certificate_fault(error: BaseException) -> str | None:
    """Why the other end was not believed, in OpenSSL's words; None where that was not the trouble."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return cause.verify_message
        cause = cause.__cause__ or cause.__context__
    return None
