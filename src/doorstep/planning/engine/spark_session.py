"""A Spark of one's own: nothing listens beyond loopback, nothing is sent, scratch files lie in one folder."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from doorstep.errors import ConfigurationError, UsageError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

OLDEST_JAVA = 17
_MASTER = re.compile(r"local(\[(\d+|\*)\])?|(spark|yarn|k8s)(://.+)?")
_VERSION = re.compile(r'version "(?:1\.)?(\d+)')
_LOG = """
rootLogger.level = error
rootLogger.appenderRef.stderr.ref = stderr
appender.console.type = Console
appender.console.name = stderr
appender.console.target = SYSTEM_ERR
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = %p %c{1}: %m%n
"""


_SMALL = {"spark.sql.codegen.wholeStage": "false", "spark.sql.codegen.factoryMode": "NO_CODEGEN"}


@contextmanager
def session(
    scratch: Path, *, master: str = "local[2]", memory: str = "1g", partitions: int = 2, is_small: bool = False
) -> Iterator[SparkSession]:
    """Start Spark, yield its session and stop it; a session that this program has already is used and left running.

    `scratch` is an existing folder for spilled data; `memory` the most that Java's heap may take; `partitions` into
    how many parts a shuffle is cut: each part's groups must fit in memory. Where the data `is_small` (some thousands of
    people) Spark interprets queries: compiling them costs more than it saves. Raises ConfigurationError where PySpark
    or Java is not there, UsageError where `master` is none that Spark knows.
    """
    require_spark(master)
    from pyspark.sql import SparkSession

    if (running := SparkSession.getActiveSession()) is not None:
        yield running
        return
    settings = _settings(scratch, memory, partitions) | (_SMALL if is_small else {})
    with warnings.catch_warnings():
        # PySpark warns of pandas 3, which nothing here asks of it.
        warnings.simplefilter("ignore", FutureWarning)
        builder = SparkSession.builder.master(master).appName("doorstep")
        for name, value in settings.items():
            builder = builder.config(name, value)
        spark = builder.getOrCreate()
    try:
        yield spark
    finally:
        spark.stop()


def require_spark(master: str = "local[2]") -> None:
    """Raise an error that says what to install where Spark cannot start here."""
    from importlib.util import find_spec

    if not _MASTER.fullmatch(master):
        raise UsageError(f"the Spark master {master!r}", expected="local[2], or spark://host:port, yarn, k8s://…")
    if find_spec("pyspark") is None:
        raise ConfigurationError(
            "PySpark is not installed", expected="it, for --engine spark", do="run: pip install 'doorstep[spark]'"
        )
    found = java_version()
    if found < OLDEST_JAVA:
        raise ConfigurationError(
            f"Java {found} was found" if found else "no Java was found",
            expected=f"Java {OLDEST_JAVA} or later, which Spark runs on",
            where="JAVA_HOME, then PATH",
            do="run: apt-get install --no-install-recommends openjdk-17-jre-headless (or set JAVA_HOME)",
        )


def java_version() -> int:
    """Return the major version of the Java that Spark would start, 0 where there is none."""
    home = os.environ.get("JAVA_HOME")
    java = str(Path(home) / "bin" / "java") if home else shutil.which("java")
    if not java:
        return 0
    try:
        said = subprocess.run([java, "-version"], capture_output=True, text=True, check=True, timeout=60)  # noqa: S603
    except (OSError, subprocess.SubprocessError):
        return 0
    found = _VERSION.search(said.stderr + said.stdout)
    return int(found[1]) if found else 0


def _settings(scratch: Path, memory: str, partitions: int) -> dict[str, str]:
    log = scratch / "log4j2.properties"
    log.write_text(_LOG, encoding="utf-8")
    return {
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.memory": memory,
        "spark.driver.extraJavaOptions": f"-Dlog4j2.configurationFile={log.as_uri()} -Djava.io.tmpdir={scratch}",
        "spark.local.dir": str(scratch),
        "spark.sql.ansi.enabled": "true",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.shuffle.partitions": str(partitions),
        "spark.sql.warehouse.dir": str(scratch / "warehouse"),
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
    }
