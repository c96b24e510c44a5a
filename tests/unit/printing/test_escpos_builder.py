"""python-escpos behind its fence, and the bytes of a job's edges."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from printing.escpos_builder import EscposBuilder
from printing.escpos_parser import parse
from printing.profile import Cutter, find_profile

PROFILE = find_profile("generic-80mm")

_IMPORT_AND_LOOK = """
import logging, os, tempfile
from printing.escpos_builder import EscposBuilder, load_escpos
from printing.profile import find_profile
before = tempfile.gettempdir()
load_escpos()
EscposBuilder(find_profile("generic-58mm")).finish()
assert logging.getLogger().handlers == [], logging.getLogger().handlers
assert os.listdir(before) == [], os.listdir(before)
assert tempfile.gettempdir() == before
assert "ESCPOS_CAPABILITIES_PICKLE_DIR" not in os.environ
"""


def test_library_leaves_no_handler_no_folder_and_no_word(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", _IMPORT_AND_LOOK],
        env={"TMPDIR": str(tmp_path), "PYTHONPATH": str(Path.cwd())},
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


@pytest.mark.parametrize(
    ("cutter", "end"), [(Cutter.PARTIAL, b"\x1bJ\x60\x1dV\x01"), (Cutter.FULL, b"\x1bJ\x60\x1dV\x00")]
)
def test_job_ends_with_a_feed_and_the_cut(cutter: Cutter, end: bytes) -> None:
    assert EscposBuilder(replace(PROFILE, cutter=cutter)).finish() == b"\x1b@" + end


def test_printer_without_a_knife_only_feeds() -> None:
    profile = replace(PROFILE, cutter=Cutter.NONE, feed_dots=300)
    assert EscposBuilder(profile).finish() == b"\x1b@\x1bJ\xff\x1bJ\x2d"


def test_picture_is_centred_and_goes_out_in_bands() -> None:
    builder = EscposBuilder(PROFILE)
    builder.picture(Image.new("1", (64, 500), 0))
    bands = [command for command in parse(builder.finish()) if command.name == "GS v 0"]
    assert [int.from_bytes(band.parameters[4:6], "little") for band in bands] == [240, 240, 20]
    assert bands[0].data[:40] == b"\x00" * 32 + b"\xff" * 8
    assert len(bands[0].data) == 40 * 240  # bare paper to the right of the ink is not sent


@pytest.mark.parametrize("second", [0x04, 0x05, 0x14])
def test_lone_dot_that_would_begin_a_realtime_command_gets_a_neighbour(second: int) -> None:
    image = Image.new("1", (576, 1), 255)
    for x in range(16):
        if (0x1000 | second) >> (15 - x) & 1:
            image.putpixel((x, 0), 0)
    builder = EscposBuilder(PROFILE)
    builder.picture(image)
    (band,) = (command for command in parse(builder.finish()) if command.name == "GS v 0")
    assert band.data[:2] == bytes([0x18, second])
