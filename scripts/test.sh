#!/usr/bin/env bash
# The whole proof: checks, tests on a screen that does not exist, then the bundle, built and started.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/stage.sh

scripts/check.sh
stage "tests" .venv/bin/python -m pytest -n 3 --dist loadfile "$@"
scripts/bundle.sh
