"""Runs one benchmark and shows its figures, to a person or to a script."""

import importlib
import json
from collections.abc import Sequence

import click
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from bench.measurement import Measurement, Statistic

_COLUMNS: tuple[Statistic, ...] = ("p50", "p95", "p99", "max", "ratio")


def run_benchmark(subject: str, *, as_json: bool, **extent: int) -> int:
    """`bench/<subject>.py`, measured now, `extent` as its `measure` takes it. Returns 1 when a budget is broken."""
    console = Console(stderr=True)
    with console.status(f"Measuring {subject} ..."):
        measured: Sequence[Measurement] = importlib.import_module(f"bench.{subject}").measure(**extent)
    if as_json:
        click.echo(_document(subject, measured))
    else:
        Console().print(_table(subject, measured))
    return 0 if all(measurement.is_within_budget for measurement in measured) else 1


def _document(subject: str, measured: Sequence[Measurement]) -> str:
    """One document: `{"subject", "ok", "measurements": [{"name", "unit", "n", "p50", ..., "budget", "ok"}]}`."""
    return json.dumps(
        {
            "subject": subject,
            "ok": all(measurement.is_within_budget for measurement in measured),
            "measurements": [measurement.as_json() for measurement in measured],
        },
        indent=2,
    )


def _table(subject: str, measured: Sequence[Measurement]) -> Table:
    table = Table(title=f"giliran bench {subject}", title_justify="left", box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column("what")
    for heading in ("n", *_COLUMNS):
        table.add_column(heading, justify="right")
    table.add_column("budget")
    table.add_column("kept")
    for measurement in measured:
        table.add_row(
            f"{measurement.name} ({measurement.unit})",
            str(len(measurement.samples)),
            *(_number(measurement.statistic(name)) for name in _COLUMNS),
            "\n".join(map(str, measurement.budgets)),
            "" if not measurement.budgets else "yes" if measurement.is_within_budget else "NO",
        )
    return table


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.3g}" if value < 100 else f"{value:.0f}"
