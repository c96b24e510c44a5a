#!/bin/sh
# Lints every QML file against the Python types it uses: any warning fails (-W 0). Type information goes to
# build/qml/Giliran; paths are absolute because qmllint takes a relative singleton for an ordinary type.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
bin=${GILIRAN_VENV:-"$root/.venv"}/bin
types=$root/build/qml/Giliran
cd "$root"

rm -rf "$types"
mkdir -p "$types"

# One call for all files: a class is known as a QObject only when its base was read before it, so ui/*.py go first.
# shellcheck disable=SC2046  # our own file names hold no spaces
"$bin/pyside6-metaobjectdump" $(grep -l '^QML_IMPORT_NAME' ui/*.py ui/*/*.py) -o "$types/metatypes.json"

metatypes=$("$bin/python" -c 'import pathlib, PySide6; print(pathlib.Path(PySide6.__file__).parent / "Qt" / "metatypes")')
"$bin/pyside6-qmltyperegistrar" --generate-qmltypes "$types/Giliran.qmltypes" -o "$types/unused.cpp" \
    --import-name Giliran --major-version 1 --minor-version 0 \
    --foreign-types="$metatypes/qt6core_metatypes.json,$metatypes/qt6gui_metatypes.json,$metatypes/qt6qml_metatypes.json" "$types/metatypes.json"
printf 'module Giliran\ntypeinfo Giliran.qmltypes\n' > "$types/qmldir"

find "$root/ui" -name '*.qml' -print0 | sort -z | xargs -0 "$bin/pyside6-qmllint" -W 0 -I "$root/build/qml" -I "$root"
