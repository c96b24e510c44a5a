#!/usr/bin/env bash
# The whole proof: checks, tests on a screen that does not exist, then the bundle, built and started.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/stage.sh

run_tests() {
  QT_QPA_PLATFORM=offscreen QT_QUICK_BACKEND=software QT_LOGGING_RULES='qt.qpa.*=false' \
    .venv/bin/python -m pytest -n 2 --dist loadfile "$@"
}

scripts/check.sh
stage "tests" run_tests "$@"
scripts/bundle.sh
