"""The file of a backup: a tar of the dump and a manifest that says what it must hold."""

from __future__ import annotations

import hashlib
import io
import json
import os
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from doorstep.errors import NotWhatItClaimsError, UsageError
from doorstep.web.backup.tables import Content

FORMAT = 1
MANIFEST, DUMP = "manifest.json", "database.dump"
_LONGEST_MANIFEST = 10_000_000


@dataclass(frozen=True)
class Manifest:
    """What a backup was made of and must give back."""

    made_at: str
    doorstep: str
    role: str
    server: str
    dump_sha256: str
    tables: dict[str, Content]
    migrations: list[str]
    newest_seal: str  # the hash of the audit trail's newest seal; empty where there is none


def write(out: Path, manifest: Manifest, dump: Path) -> None:
    """Write the file whole or not at all, for its owner only."""
    draft = out.with_name(out.name + ".part")
    plain = json.dumps({"format": FORMAT, **asdict(manifest)}, indent=2).encode()
    try:
        with open(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as raw:  # noqa: PTH123
            with tarfile.open(fileobj=raw, mode="w") as made:
                entry = tarfile.TarInfo(MANIFEST)
                entry.size = len(plain)
                made.addfile(entry, io.BytesIO(plain))
                made.add(dump, DUMP, filter=_nobodys)
            raw.flush()
            os.fsync(raw.fileno())
        draft.replace(out)
    except FileExistsError as error:
        raise UsageError("another backup is being written there", where=str(draft), do="name another file") from error
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


@contextmanager
def opened(file: Path) -> Iterator[tuple[Manifest, Path]]:
    """Read a backup: its manifest, and its dump in a folder that goes away.

    NotWhatItClaimsError where it is no backup of this format, or the dump is not the one the manifest speaks of.
    """
    with TemporaryDirectory(prefix="doorstep-restore-") as folder:
        dump = Path(folder) / DUMP
        manifest = _unpack(file, dump)
        if sha256_of(dump) != manifest.dump_sha256:
            raise NotWhatItClaimsError(
                "the dump is not the one that the manifest speaks of",
                where=str(file),
                do="the file was changed or cut short: take another backup",
            )
        yield manifest, dump


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file's bytes."""
    with path.open("rb") as raw:
        return hashlib.file_digest(raw, "sha256").hexdigest()


def _unpack(file: Path, dump: Path) -> Manifest:
    """Copy the two members out by name; nothing else of the archive is read, and no path of it is followed."""
    try:
        with tarfile.open(file, "r:") as found:
            plain, packed = found.extractfile(MANIFEST), found.extractfile(DUMP)
            if plain is None or packed is None:
                raise KeyError
            manifest = _read(plain.read(_LONGEST_MANIFEST))
            with dump.open("wb") as out:
                while part := packed.read(1 << 20):
                    out.write(part)
            return manifest
    except (tarfile.TarError, KeyError, ValueError, TypeError, EOFError) as error:
        raise NotWhatItClaimsError(
            "this is no backup of a site", expected="a file made by `doorstep backup`", where=str(file)
        ) from error


def _read(plain: bytes) -> Manifest:
    values = json.loads(plain)
    if values.pop("format") != FORMAT:
        raise ValueError
    values["tables"] = {name: Content(**content) for name, content in values["tables"].items()}
    return Manifest(**values)


def _nobodys(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    return entry
