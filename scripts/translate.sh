#!/bin/sh
# Collects the words of all screens (lupdate) and builds what the program loads (lrelease).
#   scripts/translate.sh          build assets/translations/*.qm from the committed *.ts
#   scripts/translate.sh update   first bring the *.ts up to date with the sources
set -eu
cd "$(dirname "$0")/.."
bin=${GILIRAN_BIN:-.venv/bin}
if [ "${1:-}" = update ]; then
    # File names of ours hold no blanks; lupdate wants them before -ts.
    # shellcheck disable=SC2046
    "$bin/pyside6-lupdate" -silent -locations none -no-obsolete -source-language id -target-language en \
        $(find ui -name '*.qml' | LC_ALL=C sort) -ts assets/translations/giliran_en.ts
fi
for ts in assets/translations/*.ts; do
    "$bin/pyside6-lrelease" -silent -fail-on-unfinished "$ts" -qm "${ts%.ts}.qm"
done
