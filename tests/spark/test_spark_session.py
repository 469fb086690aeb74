"""Spark starts with nothing open to the network, and says what is missing where it cannot start."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest
from spark_kit import shared_spark

from doorstep.errors import ConfigurationError, UsageError
from doorstep.planning.engine.spark_session import java_version, require_spark


def fake_java(folder: Path, says: str) -> Path:
    java = folder / "bin" / "java"
    java.parent.mkdir(parents=True)
    java.write_text(f"#!/bin/sh\necho '{says}' >&2\n")
    java.chmod(0o755)
    return folder


def test_a_missing_java_is_an_error_that_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    with pytest.raises(ConfigurationError, match="no Java was found") as error:
        require_spark()
    assert "openjdk-17-jre-headless" in str(error.value)


@pytest.mark.parametrize(
    ("says", "version"),
    [
        ('openjdk version "17.0.15" 2025-04-15', 17),
        ('openjdk version "21" 2023-09-19', 21),
        ('java version "1.8.0_292"', 8),
        ("nothing that is a version", 0),
    ],
)
def test_the_version_of_java_is_read_from_what_it_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, says: str, version: int
) -> None:
    monkeypatch.setenv("JAVA_HOME", str(fake_java(tmp_path, says)))
    assert java_version() == version


def test_an_old_java_is_named_with_the_oldest_that_will_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JAVA_HOME", str(fake_java(tmp_path, 'java version "1.8.0_292"')))
    with pytest.raises(ConfigurationError, match="Java 8 was found"):
        require_spark()


def test_a_missing_pyspark_is_an_error_that_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ConfigurationError, match=r"doorstep\[spark\]"):
        require_spark()


@pytest.mark.parametrize("master", ["", "local[two]", "http://example.org", "local[2] --conf x=y"])
def test_a_master_that_spark_does_not_know_is_refused(master: str) -> None:
    with pytest.raises(UsageError, match="Spark master"):
        require_spark(master)


def test_spark_listens_on_loopback_alone() -> None:
    java = shared_spark().sparkContext._jvm.java.lang.ProcessHandle.current().pid()  # type: ignore[union-attr]
    assert listening(int(java)), "Spark's own port is open"
    assert set(listening(int(java))) <= {"127.0.0.1", "::1"}


def listening(pid: int) -> list[str]:
    """Return the addresses on which a process listens."""
    links = (str(fd.readlink()) for fd in Path(f"/proc/{pid}/fd").iterdir() if fd.is_symlink())
    own = {link.removeprefix("socket:[").removesuffix("]") for link in links if link.startswith("socket:[")}
    return [address(row[1]) for row in rows("tcp", "tcp6") if row[3] == "0A" and row[9] in own]


def rows(*names: str) -> list[list[str]]:
    return [line.split() for n in names for line in Path(f"/proc/net/{n}").read_text().splitlines()[1:]]


def address(text: str) -> str:
    """Read an address of /proc/net: words of four bytes, each in the machine's (little-endian) order."""
    import ipaddress

    raw = bytes.fromhex(text.split(":")[0])
    found = ipaddress.ip_address(b"".join(raw[i : i + 4][::-1] for i in range(0, len(raw), 4)))
    mapped = getattr(found, "ipv4_mapped", None)
    return str(mapped or found)
