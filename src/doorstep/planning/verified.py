"""Files held against the SHA-256 they were written with: once a process, for as long as they are left as they are."""

from __future__ import annotations

import hashlib
import time
from pathlib import Path

# What a file was when its bytes were read: any write to it changes one of these, unless it comes within one tick of the
# file system's clock. So a file written less than a moment ago is read again the next time.
_Stamp = tuple[int, int, int, int]
_MOMENT_NS = 100_000_000
_seen: dict[Path, tuple[_Stamp, str]] = {}


def is_as_written(path: Path, sha256: str) -> bool:
    """Return whether a file is there with the bytes that have this SHA-256."""
    try:
        return digest(path) == sha256
    except OSError:
        return False


def digest(path: Path) -> str:
    """Return the SHA-256 of a file; that of an earlier reading where nobody has written to it since.

    Raises OSError where it cannot be read.
    """
    stamp = _stamp(path)
    seen = _seen.get(path)
    if seen and seen[0] == stamp:
        return seen[1]
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if time.time_ns() - max(stamp[2:]) > _MOMENT_NS and _stamp(path) == stamp:
        _seen[path] = stamp, found
    return found


def _stamp(path: Path) -> _Stamp:
    found = path.stat()
    return found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns
