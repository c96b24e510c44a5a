"""The emulated printer in a process of its own, as a benchmark prints to it."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final, cast

from kiosk.paths import own_command

_ENDS_WITHIN_S: Final = 20


@contextmanager
def emulated_printer(listen: str, folder: Path, *options: str) -> Iterator[str]:
    """Where it can be printed to, as a device of the configuration. Its paper lies in `folder`. Raises RuntimeError
    when it does not come up.
    """
    command = [*own_command(), "printer", "emulate", "--listen", listen, "--out", str(folder), "--json", *options]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as emulator:  # noqa: S603  # our own program
        first = cast("IO[str]", emulator.stdout).readline()
        if not first:
            raise RuntimeError(f"no printer came up on {listen}")
        try:
            yield json.loads(first)["listening"]
        finally:
            emulator.communicate("", timeout=_ENDS_WITHIN_S)  # the end of its input ends it
