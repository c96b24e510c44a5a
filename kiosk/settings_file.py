"""From a TOML file to frozen dataclasses, with everything that is wrong named at once; and back to an example file."""

import re
import tomllib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import Field, field, fields, is_dataclass
from enum import StrEnum
from pathlib import Path
from types import NoneType
from typing import Any, Final, TypeVar, get_args, get_type_hints

from kiosk.errors import DataFileError, Problem

_Settings = TypeVar("_Settings")

_KINDS: Final[Mapping[Any, tuple[tuple[type, ...], str]]] = {
    str: ((str,), "text in quotes"),
    Path: ((str,), "a path in quotes"),
    int: ((int,), "a whole number"),
    float: ((int, float), "a number"),
    bool: ((bool,), "true or false"),
}
_COMMANDS: Final = {"desk": "giliran desk", "board": "giliran board, which needs no code"}
"""What takes the files that say so of themselves."""


def setting(default: Any, reason: str, *, among: range | None = None, pattern: tuple[str, str] | None = None) -> Any:
    """A dataclass field with the reason for its default, and the numbers or the text that it takes.

    `pattern`: a regular expression, and what it asks for in words that follow "must be".
    """
    return field(default=default, metadata={"reason": reason, "among": among, "pattern": pattern})


def read_settings(kind: type[_Settings], path: Path) -> tuple[_Settings, tuple[Problem, ...]]:
    """The settings as far as they are right, and all that is wrong. Raises DataFileError where there is no TOML.

    Relative paths are taken from the file's folder.
    """
    try:
        document = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise _unreadable(path, f"cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise _unreadable(path, "is not UTF-8 text") from error
    except tomllib.TOMLDecodeError as error:
        raise _unreadable(path, f"is not TOML: {error}") from error
    is_for = document.get("kind")
    if isinstance(is_for, str) and is_for in _COMMANDS and is_for != _own_kind(kind):
        # perhaps without a fault, and of another program: what else it says would be blamed for nothing
        return kind(), (Problem("kind", f"is {is_for}: this file is for {_COMMANDS[is_for]}"),)
    reader = _Reader(path.resolve().parent)
    settings = reader.section(kind, document, "")
    return settings, tuple(reader.problems)


def _own_kind(settings: Any) -> object:
    return next((each.default for each in fields(settings) if each.name == "kind"), None)


def written_kind(path: Path) -> str | None:
    """What a file says in its first line that it is for, such as desk; None where it does not, as a kiosk's, or where
    it cannot be read: whoever reads all of it says why.
    """
    try:
        kind = tomllib.loads(path.read_bytes().decode("utf-8-sig")).get("kind")
    except (OSError, ValueError):
        return None
    return kind if isinstance(kind, str) else None


def example_lines(settings: Any, prefix: str = "") -> Iterator[str]:
    """TOML that sets what `settings` holds, each value under its reason."""
    nested = []
    for each in fields(settings):
        value = getattr(settings, each.name)
        if is_dataclass(value):
            nested.append((each.name, value))
        else:
            yield f"\n# {each.metadata['reason']}"
            yield f"# {each.name} =" if value is None else f"{each.name} = {_toml(value)}"
    for name, inner in nested:
        yield f"\n[{prefix}{name}]"
        yield from example_lines(inner, f"{prefix}{name}.")


class _Reader:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.problems: list[Problem] = []

    def section(self, kind: Any, table: Mapping[str, Any], prefix: str) -> Any:
        known = {each.name: each for each in fields(kind)}
        if not table.keys() <= known.keys():
            self._note_unknown(table, known, prefix)
        hints = get_type_hints(kind)
        return kind(**{name: self._value(each, hints[name], table, prefix) for name, each in known.items()})

    def _note_unknown(self, table: Iterable[str], known: Collection[str], prefix: str) -> None:
        from difflib import get_close_matches  # noqa: PLC0415  # good settings need no advice

        for name in sorted(set(table) - set(known)):
            near = get_close_matches(name, known, 1)
            self._note(prefix + name, f"is no setting; perhaps {prefix}{near[0]}" if near else "is no setting")

    def _value(self, each: "Field[Any]", hint: Any, table: Mapping[str, Any], prefix: str) -> Any:
        if is_dataclass(hint):
            inner = table.get(each.name, {})
            if isinstance(inner, dict):
                return self.section(hint, inner, f"{prefix}{each.name}.")
            self._note(prefix + each.name, f"must be a section: [{prefix}{each.name}]")
            return self.section(hint, {}, prefix)
        kind = next((option for option in get_args(hint) if option is not NoneType), hint)
        value = each.default
        if each.name in table:
            fault = _fault(table[each.name], kind, each.metadata)
            if fault is None:
                value = kind(table[each.name])
            else:
                self._note(prefix + each.name, fault)
        return self._folder / value if isinstance(value, Path) else value

    def _note(self, path: str, sentence: str) -> None:
        self.problems.append(Problem(path, sentence))


def _fault(value: Any, kind: Any, limits: Mapping[str, Any]) -> str | None:
    if issubclass(kind, StrEnum):
        members = [member.value for member in kind]
        return None if value in members else f"must be one of {', '.join(members)}"
    types, words = _KINDS[kind]
    if not isinstance(value, types) or (isinstance(value, bool) and kind is not bool):
        return f"must be {words}"
    among, pattern = limits["among"], limits["pattern"]
    if among is not None and not among.start <= value < among.stop:
        return f"must be from {among.start} to {among.stop - 1}"
    if pattern is not None and not re.fullmatch(pattern[0], str(value)):
        return f"must be {pattern[1]}"
    return None


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str | Path) else str(value)


def _unreadable(path: Path, sentence: str) -> DataFileError:
    return DataFileError(str(path), (Problem("file", sentence),))
