"""One Spark a test process: starting Java costs seconds."""

from __future__ import annotations

import atexit
import tempfile
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from doorstep.planning.engine.spark_session import session

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


@cache
def shared_spark() -> SparkSession:
    """Return this process's Spark: two threads, 1 GB, stopped when the tests end. Without Java it is an error."""
    kept = ExitStack()
    atexit.register(kept.close)
    scratch = kept.enter_context(tempfile.TemporaryDirectory(prefix="doorstep-spark-"))
    return kept.enter_context(session(Path(scratch), is_small=True))
