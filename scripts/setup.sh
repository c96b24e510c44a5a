#!/usr/bin/env bash
# All set-up from a fresh clone: system libraries, .venv with the locked packages, translations. Quick when done before.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/stage.sh

stamp=.venv/.setup-stamp

# A Python that can carry the product: 3.11 or newer, able to make a venv, with a libpython for PyInstaller.
find_python() {
  local candidate
  for candidate in ${PYTHON:-} python3 python3.11 python3.12 python3.13 /usr/bin/python3; do
    if "$candidate" - 2>/dev/null <<'PYTHON'; then
import ctypes, ensurepip, sys, sysconfig, venv
version = f"{sys.version_info.major}.{sys.version_info.minor}"
name = f"libpython{version}.so.1.0"
shared = sysconfig.get_config_var("Py_ENABLE_SHARED")
ctypes.CDLL(f"{sysconfig.get_config_var('LIBDIR')}/{name}" if shared else name)
sys.exit(sys.version_info < (3, 11))
PYTHON
      command -v "$candidate"
      return
    fi
  done
  echo "No Python 3.11 or newer with venv and libpython was found: install one, or name it: make setup PYTHON=/path/to/python3" >&2
  return 1
}

install_packages() {
  local python
  if ! .venv/bin/python -c '' 2>/dev/null; then
    python=$(find_python)
    "$python" -m venv --clear .venv
  fi
  # -qq: silent unless it fails. Where packages come from is the machine's own pip configuration.
  PIP_DISABLE_PIP_VERSION_CHECK=1 .venv/bin/python -m pip install -qq --progress-bar off --no-input \
    --require-hashes --only-binary :all: -r requirements.lock
}

write_shim() {
  cat >.venv/bin/giliran <<'SHIM'
#!/bin/sh
here=$(dirname "$(readlink -f "$0")")
exec "$here/python" "$here/../../giliran.py" "$@"
SHIM
  chmod +x .venv/bin/giliran
}

build_translations() {
  [[ ! -x scripts/translate.sh ]] || scripts/translate.sh
}

fingerprint() {
  find requirements.lock scripts assets -type f -regex '.*/?\(requirements.lock\|setup.sh\|system-packages.txt\|.*\.ts\|translate.sh\)' -print0 |
    sort -z | xargs -0 sha256sum | sha256sum
}

if [[ $(fingerprint) == "$(cat "$stamp" 2>/dev/null)" ]] && .venv/bin/python -c ''; then
  exit 0
fi
stage "system packages" scripts/system_packages.sh
stage "python packages (the first time takes a few minutes)" install_packages
write_shim
stage "translations" build_translations
fingerprint >"$stamp"
