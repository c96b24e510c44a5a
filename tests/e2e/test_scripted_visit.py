"""The whole thread in real processes: `giliran demo` and `giliran run`, as a newcomer or a check would call them."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx2
import pytest
import zxingcpp
from PIL import Image

from kiosk.paths import resource_path
from printing.simulated import SimulatedPrinter
from ui.local_server import LocalServer

HEADLESS = {name: value for name, value in os.environ.items() if name not in {"DISPLAY", "WAYLAND_DISPLAY"}}


def giliran(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(resource_path("giliran.py")), *words]
    return subprocess.run(command, check=False, capture_output=True, text=True, timeout=120, env=HEADLESS)


def summary_in(folder: Path) -> dict[str, Any]:
    summary: dict[str, Any] = json.loads((folder / "summary.json").read_text())
    return summary


def qr_on(picture: Path) -> str:
    with Image.open(picture) as image:
        (symbol,) = zxingcpp.read_barcodes(image)
    return symbol.text


def pixels(picture: Path) -> bytes:
    with Image.open(picture) as image:
        return image.tobytes()


def size_of(picture: Path) -> tuple[int, int]:
    with Image.open(picture) as image:
        return image.size


@pytest.fixture(scope="module")
def usual(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("demo")
    done = giliran("demo", "--out", str(out), "--headless")
    assert (done.returncode, done.stderr) == (0, ""), done.stdout + done.stderr
    return out


def test_summary_says_what_happened(usual: Path) -> None:
    summary = summary_in(usual)
    assert summary["services"] == ["polda.lapor-hilang", "dukcapil.ktp-hilang"]
    assert summary["print_verdict"] == "confirmed"
    assert summary["synced"] is True
    assert set(summary["timings_ms"]) == {"visit", "press_to_ticket", "press_to_verdict", "press_to_synced"}


def test_the_paper_and_the_ticket_screen_carry_the_token(usual: Path) -> None:
    token = summary_in(usual)["token"]
    (ticket_screen,) = usual.glob("screens/*-ticket.png")
    assert qr_on(usual / "ticket.png") == token
    assert qr_on(ticket_screen) == token


def test_the_bytes_print_the_same_paper_on_another_printer(usual: Path, tmp_path: Path) -> None:
    another = SimulatedPrinter(tmp_path / "another")
    another.feed((usual / "ticket.bin").read_bytes())
    (slip,) = another.slips()
    assert pixels(slip) == pixels(usual / "ticket.png")
    assert another.problems == ()


def test_every_step_has_its_picture(usual: Path) -> None:
    names = [path.stem[3:] for path in sorted(usual.glob("screens/*.png"))]
    assert names[:4] == ["attract", "home", "search", "service"]
    assert names[-2:] == ["priority", "ticket"]


def test_the_kiosks_log_verifies(usual: Path) -> None:
    assert giliran("verify", str(usual / "demo-data/kiosk/kiosk.db")).returncode == 0


def test_a_running_server_shows_the_ticket(tmp_path: Path) -> None:
    with LocalServer(tmp_path / "server") as server:
        out = tmp_path / "visit"
        words = ("--service", "imigrasi.baru", "--language", "en", "--size", "1920x1080", "--server", server.url)
        done = giliran("demo", "--out", str(out), "--headless", *words)
        assert done.returncode == 0, done.stdout + done.stderr
        tickets = httpx2.get(f"{server.url}/v1/tickets").json()["tickets"]
    summary = summary_in(out)
    seen = [
        (ticket["label"], [stop["service_id"] for stop in ticket["stops"]], ticket["print_verdict"])
        for ticket in tickets
    ]
    assert seen == [(summary["label"], ["imigrasi.baru"], "confirmed")]
    assert size_of(next(out.glob("screens/*-home.png"))) == (1920, 1080)


def test_two_kiosks_at_one_server_share_one_series(tmp_path: Path) -> None:
    with LocalServer(tmp_path / "server") as server:
        for folder in ("one", "another"):
            words = ("--service", "imigrasi.baru", "--server", server.url)
            assert giliran("demo", "--out", str(tmp_path / folder), "--headless", *words).returncode == 0
        tickets = httpx2.get(f"{server.url}/v1/tickets").json()["tickets"]
    assert sorted(ticket["label"][-4:] for ticket in tickets) == ["-001", "-002"]


def test_a_server_that_is_away_costs_the_sync_only(tmp_path: Path) -> None:
    done = giliran("demo", "--out", str(tmp_path), "--headless", "--server", "http://127.0.0.1:9")
    summary = summary_in(tmp_path)
    assert done.returncode == 1
    assert "does NOT have it yet (The server cannot be reached" in done.stdout
    assert (summary["print_verdict"], summary["synced"]) == ("confirmed", False)
    assert summary["label"].endswith("-001A"), "its own series: nobody else will give this number"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--service", "dukcapil.ktp-hlang"), "No service is called dukcapil.ktp-hlang"),
        (sum((("--service", f"s.{n}") for n in range(5)), ()), "at most 4 services"),
        (("--size", "10x10"), "320 to 7680 pixels"),
        (("--server", "nonsense"), "'nonsense' must be http://"),
        (("--server", "http://host:abc"), "'http://host:abc' must be http://"),
    ],
)
def test_wrong_use_is_said_in_a_sentence(words: tuple[str, ...], sentence: str, tmp_path: Path) -> None:
    done = giliran("demo", "--out", str(tmp_path), "--headless", *words)
    assert done.returncode == 2
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr


def test_nothing_of_others_is_touched_and_the_next_demo_goes_on(tmp_path: Path) -> None:
    for name in ("data/kiosk.db", "screens/mine.png", "kiosk/kiosk.db"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("mine")
    labels = []
    for services in (("dukcapil.kk-hilang", "dukcapil.kutipan2"), ("dukcapil.ktp-hilang",)):
        words = [word for service in services for word in ("--service", service)]
        done = giliran("demo", "--out", str(tmp_path), "--headless", *words)
        assert done.returncode == 0, done.stdout + done.stderr
        labels.append(summary_in(tmp_path)["label"])
    assert labels == ["D-001", "D-002"]
    assert {path.read_text() for path in (tmp_path / "data/kiosk.db", tmp_path / "screens/mine.png")} == {"mine"}


def test_run_without_a_display_says_so_and_makes_a_visit(tmp_path: Path) -> None:
    done = giliran("run", "--data", str(tmp_path))
    assert done.returncode == 0, done.stderr
    assert "no display" in done.stdout
    assert summary_in(tmp_path)["label"] in done.stdout
