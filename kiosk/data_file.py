"""Reads JSON data files that may be half, foreign or tampered with, and says everything that is wrong in plain words.

A data file is taken whole or not at all: whoever gets a value back from here holds one without any problem.
"""

import codecs
import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any, Final, NoReturn, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from kiosk.errors import DataFileError, Problem

MAX_BYTES: Final = 64 * 1024 * 1024
"""Several times what 10,000 services need; more is not a catalogue, and would be held in memory."""

NAME_LIMIT: Final = 200
"""Characters that a name may have: what a tile, a slip and a spoken sentence can still carry."""

PASSAGE_LIMIT: Final = 1000

_BIDI_CONTROLS: Final = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_SENTENCES: Final = {
    "missing": "is missing",
    "extra_forbidden": "is not a field that belongs here",
    "string_type": "must be text",
    "int_type": "must be a whole number",
    "bool_type": "must be true or false",
    "list_type": "must be a list",
    "dict_type": "must be an object",
    "model_type": "must be an object",
}

_Model = TypeVar("_Model", bound=BaseModel)


class FileModel(BaseModel):
    """The shape of an object in a data file: nothing is converted, and a field nobody knows is a mistake."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, hide_input_in_errors=True)


def refuse(sentence: str) -> NoReturn:
    """Say from within a validator, in a plain sentence, why a value is not taken."""
    raise PydanticCustomError("refused", "{sentence}", {"sentence": sentence})


def _check_text(text: str, limit: int) -> str:
    if not text.strip():
        refuse("must not be empty")
    if len(text) > limit:
        refuse(f"has {len(text)} characters; {limit} is the limit")
    if text.isprintable():  # nothing that is looked for below is; a start looks at 80,000 characters
        return text
    for character in text:
        category = unicodedata.category(character)
        if category == "Cs":
            refuse(f"holds half a character, U+{ord(character):04X}")
        if category in {"Cc", "Zl", "Zp"}:
            refuse(f"holds the control character U+{ord(character):04X}")
        if character in _BIDI_CONTROLS:
            refuse(f"holds U+{ord(character):04X}, which reverses the direction of text")
    return text


Name = Annotated[str, AfterValidator(lambda text: _check_text(text, NAME_LIMIT))]
Passage = Annotated[str, AfterValidator(lambda text: _check_text(text, PASSAGE_LIMIT))]


def spelled(pattern: str, sentence: str) -> AfterValidator:
    """The rule that a text is spelled like the regular expression; `sentence` says so to people."""
    spelling = re.compile(pattern)
    return AfterValidator(lambda text: text if spelling.fullmatch(text) else refuse(sentence))


def read_bytes(path: Path) -> bytes:
    """The whole file.

    Raises:
        DataFileError: it is missing, unreadable or too large.
    """
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise _refusal(path.name, "file", f"cannot be read: {error.strerror or error}") from error
    if len(raw) > MAX_BYTES:
        raise _refusal(path.name, "file", f"is larger than {MAX_BYTES // 1024**2} MiB")
    return raw


def parse_json(name: str, raw: bytes) -> object:
    """The JSON value in `raw`. A key given twice in one object is refused: either could have been meant.

    Raises:
        DataFileError: not UTF-8, not JSON, or nested beyond reason; with the place.
    """
    raw = raw.removeprefix(codecs.BOM_UTF8)  # Windows Notepad writes one
    if not raw.strip():
        raise _refusal(name, "file", "is empty")
    try:
        return json.loads(raw.decode("utf-8"), object_pairs_hook=_unique_keys, parse_constant=_no_constant)
    except UnicodeDecodeError as error:
        raise _refusal(name, f"byte {error.start + 1}", "is not UTF-8 text") from error
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise _refusal(name, place, f"is not JSON: {error.msg[:1].lower()}{error.msg[1:]}") from error
    except RecursionError as error:
        raise _refusal(name, "file", "is nested too deeply") from error
    except _NotOurJsonError as error:
        raise _refusal(name, "file", str(error)) from error
    except ValueError as error:  # Python reads no number of more than 4,300 digits
        raise _refusal(name, "file", "holds a number that is too long") from error


def parse_model(model: type[_Model], value: object) -> tuple[_Model | None, tuple[Problem, ...]]:
    """The value in the model's shape, or every place where it does not fit."""
    try:
        return model.model_validate(value), ()
    except ValidationError as error:
        return None, tuple(_problem(details) for details in error.errors(include_url=False, include_input=False))


def objects(parent: object, key: str, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """The objects in the list `parent[key]` with their paths, as far as there are any.

    For checks across a file whose shape may be broken too: all problems are told at once.
    """
    if isinstance(parent, dict) and isinstance(parent.get(key), list):
        for index, item in enumerate(parent[key]):
            if isinstance(item, dict):
                yield f"{path}{key}.{index}", item


def strings(parent: object, key: str, path: str = "") -> Iterator[tuple[str, str]]:
    """The texts in the list `parent[key]` with their paths, as far as there are any."""
    if isinstance(parent, dict) and isinstance(parent.get(key), list):
        for index, item in enumerate(parent[key]):
            if isinstance(item, str):
                yield f"{path}{key}.{index}", item


def repeated(found: Iterable[tuple[str, object]]) -> Iterator[Problem]:
    """A problem for each (path, value) whose value stood at an earlier path already."""
    first: dict[object, str] = {}
    for path, value in found:
        if isinstance(value, str | int):
            if value in first:
                yield Problem(path, f"{value!r} is given twice, first at {first[value]}")
            else:
                first[value] = path


def digest(raw: bytes) -> str:
    """The name of one version of a file: the hex SHA-256 of its bytes."""
    return hashlib.sha256(raw).hexdigest()


class _NotOurJsonError(ValueError): ...


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    unique = dict(pairs)
    if len(unique) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise _NotOurJsonError(f"gives the key {twice!r} twice in one object")
    return unique


def _no_constant(constant: str) -> NoReturn:
    raise _NotOurJsonError(f"holds {constant}, which is not a number")


def _refusal(name: str, path: str, sentence: str) -> DataFileError:
    return DataFileError(name, (Problem(path, sentence),))


def _problem(details: ErrorDetails) -> Problem:
    path = ".".join(str(part) for part in details["loc"]) or "file"
    return Problem(path, _sentence(details))


def _sentence(details: ErrorDetails) -> str:
    context = details.get("ctx", {})
    match details["type"]:
        case "greater_than_equal":
            return f"must be at least {context['ge']}"
        case "less_than_equal":
            return f"must be at most {context['le']}"
        case "literal_error":
            return f"must be {context['expected']}"
        case "too_short":
            return "must not be empty"
        case kind:
            return _SENTENCES.get(kind, details["msg"])
