"""What the bundle carries of ICU's data. Qt asks ICU for the order of words, the names of time zones and old encodings;
of its 32 MB, 30 are words in 500 languages, Asian encodings and dictionaries, which no screen of ours shows.
"""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Final

_KEPT: Final = re.compile(
    r"""(?x)
    (coll/|zone/)? (root|res_index|pool|en|en_001|id|in) (_ID|_US)? \.res |
    coll/ucadata\.icu | cnvalias\.icu | ulayout\.icu | nf\w+\.nrm | uts46\.nrm |
    (currencyNumericCodes|dayPeriods|icustd|icuver|keyTypeData|langInfo|likelySubtags|metadata|metaZones|
    numberingSystems|plurals|supplementalData|timezoneTypes|tzdbNames|windowsZones|zoneinfo64)\.res
    """
)
_TOOLS: Final = ("icupkg", "objcopy", "ld")
"""The first is ICU's own, in Debian's icu-devtools, and knows the data of newer versions too; the others binutils'."""


def trimmed(library: Path, folder: Path) -> Path | None:
    """The libicudata.so in `library` with the kept data only, made in `folder`, or None where the tools are missing.

    Raises:
        subprocess.CalledProcessError: the library is made in another way than those known.
    """
    tools = {name: shutil.which(name, path="/usr/sbin:/usr/bin:/sbin:/bin") for name in _TOOLS}
    if None in tools.values():
        return None

    def run(tool: str, *arguments: str | Path) -> str:
        return subprocess.run(  # tools of the system, on files of ours
            [str(tools[tool]), *arguments], check=True, cwd=folder, stdout=subprocess.PIPE, text=True
        ).stdout

    version = library.name.rpartition(".")[2]
    data = f"icudt{version}l.dat"
    made = folder / library.name
    whole = folder / f"whole-{data}"
    run("objcopy", "--output-target=binary", "--only-section=.rodata", library, whole)
    whole = whole.rename(folder / data)
    (folder / "idle.lst").write_text(
        "\n".join(item for item in run("icupkg", "--list", whole).split() if not _KEPT.fullmatch(item)),
        encoding="utf-8",
    )
    (folder / "kept").mkdir(exist_ok=True)
    kept = folder / "kept" / data
    run("icupkg", "--remove", "idle.lst", whole, kept)
    run("ld", "--relocatable", "--format=binary", "--output=icudt.o", f"kept/{data}")
    start = f"_binary_kept_icudt{version}l_dat_start"
    run(
        "objcopy",
        "--rename-section=.data=.rodata,alloc,load,readonly,data,contents",
        f"--redefine-sym={start}=icudt{version}_dat",
        "icudt.o",
    )
    run("objcopy", "--set-section-alignment=.rodata=16", "icudt.o")
    run("ld", "-shared", "-z", "noexecstack", f"-soname={library.name}", f"--output={made}", "icudt.o")
    return made
