"""Debian's archive through apt, without root and without installing: a private state folder, indexes and package files."""

from __future__ import annotations

import logging
import re
import shutil
import subprocess
import tarfile
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

log = logging.getLogger("foundry.corpus")

_CONTENTS = (
    'Acquire::IndexTargets::deb::Contents-deb { MetaKey "$(COMPONENT)/Contents-$(ARCHITECTURE)"; '
    'ShortDescription "Contents"; Description "$(RELEASE)/$(COMPONENT) Contents"; KeepCompressed "true"; };'
)
_BATCH = 16


class ArchiveUnavailable(RuntimeError):
    """apt is missing, has no Debian source, or cannot reach it; the message says what to do."""


class Archive:
    """Reads the sources that the machine's apt is configured with; everything it writes lies under ``folder``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self._bytes: dict[str, int] = {}

    def refresh(self) -> None:
        """Fetches the indexes (packages, descriptions in two languages, contents) unless they are there."""
        for tool in ("apt-get", "dpkg-deb"):
            if shutil.which(tool) is None:
                raise ArchiveUnavailable(f"{tool} is missing: the corpus is made of Debian packages, so run this on Debian or in its container")
        for name in ("state/lists/partial", "cache/archives/partial", "packages"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        (self.folder / "status").touch()
        (self.folder / "apt.conf").write_text(_CONTENTS + "\n", encoding="utf-8")
        done = self.folder / "indexes-complete"
        if done.exists():
            return
        result = self._apt("update", "-qq", check=False)
        if result.returncode or not self._index("Packages") or not self._index("Contents-deb"):
            raise ArchiveUnavailable(
                "apt-get update found no complete index of a Debian archive: check the network and that "
                f"/etc/apt/sources.list.d names a Debian 'deb' source\n{result.stderr.strip()}")
        done.touch()

    def packages(self) -> Iterator[dict[str, str]]:
        """Yields the fields of every package record."""
        return self._records("Packages")

    def descriptions(self, language: str) -> Iterator[dict[str, str]]:
        """Yields the fields of every translated description record."""
        return self._records(f"Translation-{language}")

    def files(self, pattern: str) -> dict[str, list[str]]:
        """Paths (no leading slash) that match ``pattern`` from their beginning, by package."""
        wanted, found = re.compile(pattern), defaultdict(list)
        for path in self._index("Contents-deb"):
            for line in self._lines(path):
                name, _, packages = line.rpartition(" ")
                if wanted.match(name.rstrip()):
                    for package in packages.rstrip("\n").split(","):
                        found[package.rpartition("/")[2]].append(name.rstrip())
        return {package: sorted(set(paths)) for package, paths in sorted(found.items())}

    def unpack(self, names: Iterable[str], pattern: str, store: str) -> Iterator[tuple[str, Path]]:
        """Yields each package with the folder that holds its files matching ``pattern``.

        A package unpacked before under the same ``store`` is not fetched again; one that cannot be had is logged and left out.
        """
        wanted = re.compile(pattern)
        names = list(names)
        for at in range(0, len(names), _BATCH):
            batch = names[at : at + _BATCH]
            missing = [name for name in batch if not self._folder(store, name).with_suffix(".done").exists()]
            with tempfile.TemporaryDirectory(dir=self.folder) as scratch:
                for name, deb in self._download(missing, Path(scratch)).items():
                    _unpack(deb, self._folder(store, name), wanted.match)
                    self._folder(store, name).with_suffix(".done").touch()
            for name in batch:
                folder = self._folder(store, name)
                if folder.with_suffix(".done").exists():
                    yield name, folder
                else:
                    log.warning("%s: package %s cannot be had, left out", store, name)

    def _folder(self, store: str, name: str) -> Path:
        # Package names have dots, which would be taken for a suffix beside ".done".
        return self.folder / "packages" / store / name.replace(".", "_")

    def _download(self, names: list[str], target: Path) -> dict[str, Path]:
        names = [name for name in names if self.size(name)]
        if names and self._apt("download", *names, cwd=target, check=False).returncode:
            for name in names:
                if not any(target.glob(f"{name}_*.deb")):
                    self._apt("download", name, cwd=target, check=False)
        return {name: next(target.glob(f"{name}_*.deb")) for name in names if any(target.glob(f"{name}_*.deb"))}

    def size(self, name: str) -> int:
        """Bytes of a package file; 0 for an unknown one."""
        if not self._bytes:
            self._bytes = {record["Package"]: int(record.get("Size", 0)) for record in self.packages()}
        return self._bytes.get(name, 0)

    def _apt(self, *arguments: str, cwd: Path | None = None, check: bool = True) -> subprocess.CompletedProcess:
        options = {
            "Dir::State": self.folder / "state", "Dir::State::status": self.folder / "status", "Dir::Cache": self.folder / "cache",
            "Acquire::Languages": "en,de", "Acquire::GzipIndexes": "true", "APT::Sandbox::User": "root", "Acquire::Retries": 2,
        }
        flags = [part for name, value in options.items() for part in ("-o", f"{name}={value}")]
        command = ["apt-get", "-c", str(self.folder / "apt.conf"), *flags, *arguments]
        return subprocess.run(command, cwd=cwd, check=check, capture_output=True, text=True)

    def _index(self, *created_by: str) -> list[Path]:
        rows = self._apt("indextargets", "--format", "$(CREATED_BY)\t$(IDENTIFIER)\t$(LANGUAGE)\t$(FILENAME)").stdout.splitlines()
        found = []
        for row in rows:
            creator, identifier, language, name = row.split("\t")
            if {creator, identifier, f"Translation-{language}"} & set(created_by) and Path(name).exists():
                found.append(Path(name))
        return found

    def _lines(self, path: Path) -> Iterator[str]:
        with subprocess.Popen(["/usr/lib/apt/apt-helper", "cat-file", str(path)], stdout=subprocess.PIPE, text=True,
                              encoding="utf-8", errors="replace") as process:
            assert process.stdout is not None
            yield from process.stdout

    def _records(self, kind: str) -> Iterator[dict[str, str]]:
        for path in self._index(kind):
            yield from parse_records(self._lines(path))


def parse_records(lines: Iterable[str]) -> Iterator[dict[str, str]]:
    """Splits Debian control data into records; continuation lines keep their leading space and their line ends."""
    record: dict[str, str] = {}
    field = ""
    for line in lines:
        line = line.rstrip("\n")
        if not line:
            if record:
                yield record
            record = {}
        elif line[0] in " \t":
            record[field] += "\n" + line
        else:
            field, _, value = line.partition(":")
            record[field] = value.strip()
    if record:
        yield record


def _unpack(deb: Path, folder: Path, wanted: Callable[[str], object]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with subprocess.Popen(["dpkg-deb", "--fsys-tarfile", str(deb)], stdout=subprocess.PIPE) as process:
        with tarfile.open(fileobj=process.stdout, mode="r|") as archive:
            for member in archive:
                name = member.name.removeprefix("./")
                if wanted(name) and (member.isfile() or member.issym()):
                    try:
                        archive.extract(member, folder, filter="data")
                    except tarfile.FilterError as link:
                        log.debug("%s: %s", deb.name, link)
