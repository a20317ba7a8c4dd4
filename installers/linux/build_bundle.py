"""Build the Linux bundle and prove that it runs: `make bundle`.

Result: `dist/tillfold-<version>-linux-<machine>.tar.gz` and beside it a `.sha256` file. Names,
order, owners and times in the archive do not depend on who builds it or when.
"""

import gzip
import hashlib
import os
import platform
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
from importlib import metadata
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
DIST: Final = ROOT / "dist"
WORK: Final = ROOT / "build" / "bundle"
SPEC: Final = Path(__file__).with_name("tillfold.spec")
SMOKE_TEST: Final = Path(__file__).with_name("smoke_test.py")
# Wheels that bring no licence text. Qt and its bindings are used under the LGPL 3, which adds to
# the GPL 3, so both texts go along.
KEPT_TEXTS: Final = {
    "pyside6-essentials": ("LGPL-3.0.txt", "GPL-3.0.txt"),
    "shiboken6": ("LGPL-3.0.txt", "GPL-3.0.txt"),
}
# Required by something, and excluded from the bundle (`bundle_contents.py`).
LEFT_OUT: Final = frozenset({"pyserial", "setuptools"})
LICENCE_NAMES: Final = re.compile(r"(licen[cs]e|copying|notice|authors)[^/]*$", re.IGNORECASE)


def main() -> int:
    name = f"tillfold-{_version()}-linux-{platform.machine()}"
    folder = _build(name)
    _add_licences(folder / "licences")
    shutil.copy2(Path(__file__).with_name("BUNDLE.txt"), folder / "README.txt")
    _run([sys.executable, str(SMOKE_TEST), str(folder)])
    archive = _pack(folder)
    digest = hashlib.sha256(archive.read_bytes()).hexdigest()
    archive.with_name(archive.name + ".sha256").write_text(f"{digest}  {archive.name}\n")
    print(f"{archive.relative_to(ROOT)}: {_mebibytes(archive.stat().st_size)} MiB packed,")
    print(f"{_mebibytes(_size_of(folder))} MiB unpacked, sha256 {digest}")
    return 0


def _version() -> str:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return str(project["version"])


def _build(name: str) -> Path:
    """Run PyInstaller; answers the folder of the bundle."""
    command = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--clean", "--log-level", "WARN"]
    command += ["--distpath", str(DIST), "--workpath", str(WORK), str(SPEC)]
    # The order of sets inside compiled code must not depend on the run.
    environment = {**os.environ, "PYTHONHASHSEED": "0", "SOURCE_DATE_EPOCH": str(_source_time())}
    print("Building the bundle; this takes a few minutes", flush=True)
    _run(command, environment)
    folder = DIST / name
    shutil.rmtree(folder, ignore_errors=True)
    return (DIST / "tillfold").rename(folder)


def _add_licences(folder: Path) -> None:
    """The licence texts of every library inside, as their licences ask."""
    folder.mkdir()
    shutil.copy2(ROOT / "LICENSE", folder / "tillfold.txt")
    for name in sorted(_libraries("tillfold", extras=("till", "server")) - LEFT_OUT):
        texts = [ROOT / "installers" / "licences" / text for text in KEPT_TEXTS.get(name, ())]
        texts += [
            Path(str(file.locate()))
            for file in metadata.files(name) or ()
            if ".dist-info/" in str(file) and LICENCE_NAMES.search(str(file))
        ]
        if not texts:
            sys.exit(f"No licence text of {name} was found; keep one in installers/licences")
        (folder / name).mkdir()
        for text in texts:
            shutil.copyfile(text, folder / name / text.name)


def _libraries(name: str, *, extras: tuple[str, ...] = ()) -> set[str]:
    """The names of all packages that `name` needs on this machine, near and far."""
    # Comes with PyInstaller, so it is there whenever a bundle is built.
    from packaging.requirements import Requirement
    from packaging.utils import canonicalize_name

    found: set[str] = set()
    waiting = [(name, extras)]
    while waiting:
        package, wanted = waiting.pop()
        for line in metadata.requires(package) or ():
            need = Requirement(line)
            places = [{"extra": extra} for extra in wanted or ("",)]
            if need.marker and not any(need.marker.evaluate(place) for place in places):
                continue
            if canonicalize_name(need.name) not in found:
                found.add(canonicalize_name(need.name))
                waiting.append((need.name, tuple(need.extras)))
    return found


def _pack(folder: Path) -> Path:
    archive = DIST / f"{folder.name}.tar.gz"
    with (
        archive.open("wb") as raw,
        gzip.GzipFile(fileobj=raw, mode="wb", filename="", mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w") as tar,
    ):
        for path in [folder, *sorted(folder.rglob("*"))]:
            tar.add(path, path.relative_to(DIST), recursive=False, filter=_without_origin)
    return archive


def _without_origin(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = "root"
    entry.mtime = _source_time()
    return entry


def _source_time() -> int:
    """When the sources were last committed, in Unix seconds; 0 outside of a checkout."""
    command = ["git", "-C", str(ROOT), "log", "-1", "--format=%ct"]
    try:
        said = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603
    except (OSError, subprocess.CalledProcessError):
        return 0
    return int(said.stdout)


def _run(command: list[str], environment: dict[str, str] | None = None) -> None:
    subprocess.run(command, check=True, cwd=ROOT, env=environment)  # noqa: S603 - our own commands


def _size_of(folder: Path) -> int:
    return sum(path.lstat().st_size for path in folder.rglob("*") if path.is_file())


def _mebibytes(size: int) -> int:
    return round(size / 2**20)


if __name__ == "__main__":
    sys.exit(main())
