"""A catalogue and its registry of service numbers as one file: what a server hands down must not come in halves."""

from kiosk.data_file import FileModel, parse_json, parse_model
from kiosk.domain.events import canonical
from kiosk.errors import DataFileError


class _Bundle(FileModel):
    catalogue: str
    numbers: str


def bundled(catalogue: bytes, numbers: bytes) -> bytes:
    """Canonical JSON with both files as texts. Raises UnicodeDecodeError for what no reader would take anyhow."""
    return canonical({"catalogue": catalogue.decode(), "numbers": numbers.decode()})


def unbundled(name: str, raw: bytes) -> tuple[bytes, bytes]:
    """The exact bytes of the catalogue and of its numbers.

    Raises:
        DataFileError: it is no such file.
    """
    model, problems = parse_model(_Bundle, parse_json(name, raw))
    if model is None:
        raise DataFileError(name, problems)
    return model.catalogue.encode(), model.numbers.encode()
