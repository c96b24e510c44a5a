#!/usr/bin/env bash
# What a reviewer need not look for: format, lint, types, import rules, QML.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/stage.sh

# Draws a banner even when asked to be brief, so it speaks only when a rule is broken.
import_rules() {
  local report
  report=$(PYTHONPATH=. .venv/bin/lint-imports) || { printf '%s\n' "$report" >&2; return 1; }
}

stage "ruff format" .venv/bin/ruff format --check --quiet
stage "ruff check" .venv/bin/ruff check --quiet
stage "mypy --strict" .venv/bin/mypy --no-error-summary
stage "import rules" import_rules
stage "qmllint" scripts/qmllint.sh
