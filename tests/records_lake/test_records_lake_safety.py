"""Whatever happens during a load, the lake is as before or has whole deliveries more."""

from __future__ import annotations

import resource
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from made_lake import Made, make, patient, spell

from doorstep.errors import DataError, NotWhatItClaimsError, UsageError
from doorstep.records import snapshot, status
from doorstep.records.lake import open_lake
from doorstep.records.locking import lake_lock

PROGRAM = Path(__file__).with_name("killed_load.py")
N_MOMENTS = 10


def run_program(made: Made, step: int) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(PROGRAM), str(made.home.root), str(made.inbox), str(step)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def two_deliveries(made: Made) -> None:
    made.load_rows("2026-07-20", spell=[spell("a", "s1", "2026-06-03")])
    made.deliver(
        "2026-08-20",
        more={"spell": [spell("a", "s2", "2026-07-03"), spell("b", "s1", "2026-07-03")]},
        people={"person": [patient("b", local_key="g", local_scheme="local:emis")]},
        slots={"appointment": [{"person_key": "q", "key_scheme": "local:emis", "appointment_id": "1"}]},
    )


def rows(made: Made) -> int:
    with open_lake(made.home) as lake:
        return int(lake.connection().execute("SELECT count(*) FROM spell").fetchall()[0][0])


@pytest.mark.slow
def test_a_load_killed_at_any_moment_leaves_the_lake_whole_and_the_next_load_finishes(tmp_path: Path) -> None:
    template = make(tmp_path / "template")
    two_deliveries(template)
    shutil.copytree(tmp_path / "template", tmp_path / "whole")
    whole = Made(type(template.home)(tmp_path / "whole" / "home"), tmp_path / "whole" / "inbox")
    before = snapshot.current(whole.home).hash
    n_steps = int(run_program(whole, 0).stdout.split()[-1])
    after = snapshot.current(whole.home).hash
    assert n_steps > N_MOMENTS and after != before
    for n in range(N_MOMENTS):
        step = 1 + n * (n_steps - 1) // (N_MOMENTS - 1)
        root = tmp_path / f"killed-{step}"
        shutil.copytree(tmp_path / "template", root)
        made = Made(type(template.home)(root / "home"), root / "inbox")
        assert run_program(made, step).returncode == -signal.SIGKILL
        assert snapshot.faults(made.home) == []
        assert (snapshot.current(made.home).hash, rows(made)) in [(before, 1), (after, 2)]
        made.load()
        assert snapshot.current(made.home).hash == after
        assert status.verify(made.home)[1] == []
        assert not list(made.home.root.rglob(".building*"))


def test_two_writers_at_once_are_refused_and_the_second_is_told_who_has_the_lake(made: Made) -> None:
    with lake_lock(made.home, "records load"), pytest.raises(UsageError, match=r"process \d+ \(records load\) since"):
        made.load_rows("2026-07-20", spell=[spell("a", "s1", "2026-06-03")])


def test_a_full_disk_publishes_nothing(made: Made) -> None:
    made.load_rows("2026-07-20", spell=[spell("a", "s1", "2026-06-03")])
    before = snapshot.current(made.home).hash
    many = [spell(f"k{n}", f"s{n}", "2026-07-03") for n in range(150)]
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    folder = made.deliver("2026-08-20", many={"spell": many})
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (2000, limits[1]))
        with pytest.raises(DataError, match="nothing was published"):
            made.load(folder)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, handler)
    assert snapshot.current(made.home).hash == before
    assert made.load(folder).swept


def test_a_changed_byte_is_found_by_verify_and_a_missing_file_at_once(made: Made) -> None:
    made.load_rows("2026-07-20", spell=[spell("a", "s1", "2026-06-03")])
    (path,) = made.home.lake.rglob("facts-spell.parquet")
    content = bytearray(path.read_bytes())
    content[40] ^= 1
    path.write_bytes(bytes(content))
    assert [f for f in status.verify(made.home)[1] if "facts-spell.parquet: its content has another hash" in f]
    path.unlink()
    with pytest.raises(NotWhatItClaimsError, match="missing"):
        open_lake(made.home)


def test_a_changed_manifest_is_found_by_verify(made: Made) -> None:
    name = made.load_rows("2026-07-20", spell=[spell("a", "s1", "2026-06-03")]).snapshot
    path = made.home.lake / "snapshots" / f"{name}.json"
    path.write_text(path.read_text().replace('"received_on": "2026-07-20"', '"received_on": "2026-07-19"'))
    assert status.verify(made.home)[1][0].endswith("its content has another hash")


def test_a_lake_of_another_format_is_refused_with_what_to_do(made: Made) -> None:
    made.load_rows("2026-07-20", spell=[spell("a", "s1", "2026-06-03")])
    pointer = made.home.lake / "current"
    pointer.write_text(pointer.read_text().replace('"format": 1', '"format": 9'))
    with pytest.raises(Exception, match="the lake has format 9"):
        open_lake(made.home)


def test_the_beginning_of_a_hash_opens_that_snapshot(made: Made) -> None:
    first = made.load_rows("2026-07-20", spell=[spell("a", "s1", "2026-06-03")]).snapshot
    made.load_rows("2026-08-20", spell=[spell("a", "s2", "2026-07-03")])
    with open_lake(made.home, snapshot=first[:12]) as lake:
        assert lake.snapshot == first
        assert lake.connection().execute("SELECT spell_id FROM spell").fetchall() == [("s1",)]
