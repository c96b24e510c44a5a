#!/usr/bin/env bash
# What a reviewer need not look for: format, lint, types, import rules, QML.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/stage.sh

stage "ruff format" .venv/bin/ruff format --check --quiet
stage "ruff check" .venv/bin/ruff check --quiet
stage "mypy --strict" .venv/bin/mypy --no-error-summary
stage "import rules" env PYTHONPATH=. .venv/bin/lint-imports --no-timings
stage "qmllint" scripts/qmllint.sh
