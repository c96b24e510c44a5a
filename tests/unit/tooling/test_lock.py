"""requirements.lock: everything pinned and hashed, nothing said about where it comes from."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[3]


def locked() -> dict[str, str]:
    """Each requirement's first line and its hashes, by canonical name; a name may stand several times."""
    entries = re.split(r"\n(?=[a-zA-Z])", (ROOT / "requirements.lock").read_text(encoding="utf-8").strip())
    found: dict[str, str] = {}
    for entry in entries:
        name = canonicalize_name(re.match(r"[\w.-]+", entry)[0])  # type: ignore[index]
        found[name] = found.get(name, "") + entry + "\n"
    return found


def declared() -> list[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]


@pytest.mark.parametrize("name", sorted(locked()))
def test_requirement_is_pinned_and_hashed(name: str) -> None:
    for entry in re.split(r"\n(?=[a-zA-Z])", locked()[name].strip()):
        lines = [line.removesuffix("\\").strip() for line in entry.splitlines()]
        assert re.fullmatch(r"[\w.\-\[\]]+==[\w.+]+( ; .+)?", lines[0])
        assert lines[1:]
        assert all(re.fullmatch(r"--hash=sha256:[0-9a-f]{64}", line) for line in lines[1:])


@pytest.mark.parametrize("requirement", declared())
def test_declared_package_is_locked_at_an_allowed_version(requirement: str) -> None:
    wanted = Requirement(requirement)
    pins = re.findall(r"^[\w.\-\[\]]+==([\w.+]+)", locked()[canonicalize_name(wanted.name)], re.MULTILINE)
    assert pins
    assert all(wanted.specifier.contains(pin) for pin in pins)
