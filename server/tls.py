"""The server's own TLS. In front of a proxy that does TLS it is not needed (docs/operations.md)."""

import ssl

from kiosk.errors import KioskError
from server.settings import Tls


class TlsError(KioskError):
    """The certificate or its key cannot be used."""


def server_context(tls: Tls) -> ssl.SSLContext:
    """TLS 1.2 or newer. The files are read once: a renewed certificate needs a restart. Raises TlsError."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    for file in (tls.certificate, tls.key):
        try:
            file.read_bytes()
        except OSError as error:
            raise TlsError(f"{file} cannot be read: {error.strerror}.") from error
    try:
        context.load_cert_chain(tls.certificate, tls.key, password=_no_password)
    except ssl.SSLError as error:
        if error.reason == "KEY_VALUES_MISMATCH":
            raise TlsError(
                f"{tls.key} is not the key of {tls.certificate}: give the two that belong together."
            ) from error
        raise TlsError(
            f"{tls.certificate} and {tls.key} must be PEM files with a certificate and its private key, without a"
            " password."
        ) from error
    return context


def _no_password() -> str:
    """Instead of OpenSSL's question at a terminal, which a service does not have."""
    return ""
