"""Writing so that nothing half-written is ever seen, and hashing what was written."""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from doorstep.errors import DataError

_CHUNK = 1 << 20


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file as 64 hex digits."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def hash_of(value: Any) -> str:
    """Return the SHA-256 of a plain value, through JSON with sorted keys and no blanks."""
    return hashlib.sha256(canonical(value)).hexdigest()


def canonical(value: Any) -> bytes:
    """Return a plain value as the one JSON text that every machine writes for it."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def sync(path: Path) -> None:
    """Ask the system to put a file, or the names in a folder, on disk (folders cannot be opened on Windows)."""
    if sys.platform == "win32" and path.is_dir():
        return
    handle = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_atomic(path: Path, content: bytes, *, mode: int | None = None) -> None:
    """Write a file beside its place, put it on disk, and rename it into place."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    with _opened(beside, mode) as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    beside.replace(path)
    sync(path.parent)


def _opened(path: Path, mode: int | None) -> Any:
    path.unlink(missing_ok=True)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    return os.fdopen(os.open(path, flags, 0o666 if mode is None else mode), "wb")


def private_folder(path: Path) -> Path:
    """Make a folder that only its owner can enter (mode 0700), or mend one that others could."""
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    if path.stat().st_mode & 0o077:
        path.chmod(0o700)
    return path


@contextmanager
def writing(where: Path) -> Iterator[None]:
    """Turn a full disk or a refused write into a DataError that says that nothing was published."""
    import duckdb

    try:
        yield
    except (OSError, duckdb.IOException) as error:
        raise DataError(
            f"could not write: {str(error).splitlines()[0]}",
            expected="room on the disk and the right to write",
            where=str(where),
            do="free some space (or ask for the right to write) and load again; nothing was published",
        ) from error
