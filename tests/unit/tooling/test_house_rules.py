"""Rules of the house that no linter knows."""

import re
import subprocess
import tomllib
from functools import cache
from itertools import chain
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]

REGISTRY_HOSTS = re.compile(
    "|".join(
        map(
            re.escape,
            # in pieces, so that this file does not break its own rule
            [
                "pypi" + ".org",
                "python" + "hosted.org",
                "npm" + "js.org",
                "npm" + "js.com",
                "registry." + "yarnpkg.com",
                "crates" + ".io",
                "deb." + "debian.org",
                "proxy." + "golang.org",
            ],
        )
    )
)
FORBIDDEN_NAMES = {"utils", "util", "helpers", "helper", "manager", "managers", "common", "base", "misc"}
LONGEST = 350
LONG_FOR_A_REASON = {
    "kiosk/sync/desk_wire.py": "what desks and boards say, read beside the one document that explains it",
    "kiosk/sync/wire.py": "the protocol's messages, read beside the one document that explains them",
    "server/schema.py": "every table of the server, read as one",
    "ui/visitor/view_model.py": "qmllint knows only what is spelled out in one class body, and QML sees one view model",
    "tests/faults/test_snapshots.py": "every file that may come down broken, at one kiosk and one server",
    "tests/unit/server/test_enrolment_by_code.py": "every way in by a code, and every way that is none, side by side",
    "tests/unit/kiosk/test_issuing.py": "every way a number is given or refused, told from one small hall",
}


@cache
def tracked(*patterns: str) -> tuple[Path, ...]:
    """Files of the repository, new ones included."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *patterns],
        cwd=ROOT, check=True, capture_output=True, text=True,
    )  # fmt: skip
    return tuple(path for name in listed.stdout.split("\0") if name and (path := ROOT / name).is_file())


def text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_no_file_names_a_package_registry() -> None:
    assert [relative(path) for path in tracked() if REGISTRY_HOSTS.search(text(path))] == []


def test_only_pysqlite3_is_imported() -> None:
    stock = re.compile(r"^\s*(?:import|from)\s+sqlite3\b", re.MULTILINE)
    assert [relative(path) for path in tracked("*.py") if stock.search(text(path))] == []


def test_modules_are_named_after_what_they_are_about() -> None:
    names = {relative(path): {path.stem, *path.relative_to(ROOT).parts[:-1]} for path in tracked("*.py", "*.qml")}
    assert [path for path, parts in names.items() if {part.lower() for part in parts} & FORBIDDEN_NAMES] == []


def test_long_files_have_a_reason() -> None:
    long = {relative(path) for path in tracked("*.py", "*.qml") if len(text(path).splitlines()) > LONGEST}
    assert long <= set(LONG_FOR_A_REASON)


def test_no_test_sleeps() -> None:
    sleep = re.compile(r"\b(?:time\.sleep|asyncio\.sleep|qtbot\.wait|QTest\.qWait)\(")
    modules = tracked("tests/**/test_*.py", "tests/**/conftest.py")  # a slow network that is simulated may sleep
    assert modules
    assert [relative(path) for path in modules if sleep.search(text(path))] == []


def test_readme_names_only_files_that_exist() -> None:
    readme = text(ROOT / "README.md")
    linked = re.findall(r"\]\((?!https?://|#)([^)#\s]+)", readme)
    quoted = re.findall(r"`((?:docs|assets|scripts|kiosk|printing|ui|server|tests|bench)/[\w./-]*)`", readme)
    assert [name for name in chain(linked, quoted) if not (ROOT / name).exists()] == []


@pytest.mark.parametrize("target", ["help", "setup", "run", "test", "check", "bundle", "screens", "bench", "lock"])
def test_makefile_has_target_with_its_sentence(target: str) -> None:
    assert re.search(rf"^{target}:.* ## \w", text(ROOT / "Makefile"), re.MULTILINE)


def test_scripts_that_make_calls_are_executable() -> None:
    called = set(re.findall(r"scripts/\w+\.sh", text(ROOT / "Makefile") + text(ROOT / "scripts/check.sh")))
    assert [name for name in sorted(called) if not (ROOT / name).stat().st_mode & 0o100] == []


def test_ci_runs_the_tests() -> None:
    assert (ROOT / ".ci/run").stat().st_mode & 0o100
    assert "make test" in text(ROOT / ".ci/run")


def test_import_rules_cover_every_package() -> None:
    rules = tomllib.loads(text(ROOT / "pyproject.toml"))["tool"]["importlinter"]
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert set(rules["root_packages"]) == packages
