"""Tests of letters that change with their neighbours need Pillow's shaping engine."""

from typing import Final

import pytest

from printing.scripts import can_shape

NEEDS_SHAPING: Final = pytest.mark.skipif(
    not can_shape(), reason="Pillow finds no libfribidi to shape letters with: apt install libfribidi0"
)
