"""A probed profile as a file: read again by printing.profile, and by people."""

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Final

from kiosk.errors import PrintError
from kiosk.private_file import sync_folder
from printing.probing.conclusions import Conclusion
from printing.probing.questions import Answers
from printing.profile import Profile, load_profile

_READABLE: Final = 0o644
"""By the kiosk's own user, whoever probed."""


def toml_text(conclusion: Conclusion, answers: Answers) -> str:
    return "\n".join(_lines(conclusion, answers)) + "\n"


def write_profile(path: Path, conclusion: Conclusion, answers: Answers) -> None:
    """Whole or not at all. Raises PrintError."""
    draft = path.with_suffix(".new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft.write_text(toml_text(conclusion, answers), encoding="utf-8")
        load_profile(draft)
        draft.chmod(_READABLE)
        with draft.open("rb") as file:
            os.fsync(file.fileno())
        draft.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        raise PrintError(f"{path} cannot be written: {error.strerror}") from error


def _lines(conclusion: Conclusion, answers: Answers) -> Iterator[str]:
    yield '# Written by `giliran printer probe`. Who changes it by hand says so under sources: "stated by hand".'
    for name, words in answers.names.items():
        yield f"# {name.name.lower()}: {words}"
    if answers.slowest_s:
        yield f"# It answered within {answers.slowest_s:g} s."
    for note in conclusion.notes:
        yield f"# {note}"
    profile = conclusion.profile
    yield f"\n[{profile.name}]"
    yield from (f"{name} = {_toml(value)}" for name, value in values_of(profile).items())
    yield f"\n[{profile.name}.sources]"
    yield from (
        f"{name} = {_toml(conclusion.sources[name])}" for name in values_of(profile) if name in conclusion.sources
    )


def values_of(profile: Profile) -> Mapping[str, str | int]:
    """All but its name, in their order."""
    return {field.name: getattr(profile, field.name) for field in fields(profile)[1:]}


def _toml(value: str | int) -> str:
    """Letters, numbers, true and false are written as in JSON."""
    return json.dumps(value, ensure_ascii=False)
