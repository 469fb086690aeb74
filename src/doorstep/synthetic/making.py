"""Makes a whole Place: scene, plans, files, truth; all or nothing."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from doorstep import __version__
from doorstep.errors import UsageError
from doorstep.synthetic.files import add_helping_files
from doorstep.synthetic.health import EFI2_LIST
from doorstep.synthetic.parameters import Parameters
from doorstep.synthetic.plans import make_plans
from doorstep.synthetic.scene import Scene, make_scene
from doorstep.synthetic.truth import write_truth
from doorstep.synthetic.writing import TRUTH_OF_ROWS, write_way

README = """# A made-up Place

Nobody in these files exists. {name} is a real area with real practices and LSOAs; its people, their illnesses and
everything that happens to them were drawn at random by Doorstep {version} (seed {seed}). NHS numbers are from the range
999 000 0000 to 999 999 9999, which is never issued. Hospital and community provider codes (`DS1`, `DSC`, ...) and drug
codes are made up. Rates follow published figures of England: never read these numbers as those of {name}.

`way_a`, `way_b`, `way_c` hold the same people and activity as three kinds of sender would deliver them, a folder for
each day of arrival. `truth/` says what is true of every row and every event, faults planted on purpose included.
`codelists/` names the code under which the made-up supplier writes its frailty index: a home takes it in with
`doorstep reference lists add codelists`.
"""


@dataclass(frozen=True)
class Made:
    """What was written: the folder, how many people, and how many rows in each way in."""

    folder: Path
    people: int
    rows: dict[str, int]
    deliveries: tuple[str, ...]


def make(parameters: Parameters, out: Path, say: Callable[[str], None] = lambda text: None) -> Made:
    """Make a Place up and write its extracts and truth under `out`, which must not exist or be empty.

    Raises UsageError where `out` holds something; nothing half-written is left where something fails.
    """
    out = out.expanduser().resolve()
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise UsageError(
            "there is something in the output folder", expected="a new or empty folder", where=str(out),
            do="give another --out, or empty that one",
        )  # fmt: skip
    scene = make_scene(parameters, say)
    make_plans(scene)
    add_helping_files(scene)
    partial = out.with_name(f".{out.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    try:
        rows = _write(scene, partial, say)
        if out.exists():
            out.rmdir()
        partial.rename(out)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return Made(out, scene.people.n, rows, tuple(d.name for d in scene.timeline.deliveries))


def _write(scene: Scene, folder: Path, say: Callable[[str], None]) -> dict[str, int]:
    parameters = scene.parameters
    truth = folder / "truth"
    truth.mkdir()
    rows = {}
    with pq.ParquetWriter(truth / "rows.parquet", TRUTH_OF_ROWS, compression="zstd") as writer:
        for way in parameters.ways:
            rows[way] = write_way(scene, way, folder / f"way_{way.lower()}", writer, say)
    say("writing the truth")
    write_truth(scene, truth)
    (folder / "codelists").mkdir()
    (folder / "codelists" / "efi2.csv").write_text(EFI2_LIST, encoding="utf-8")
    readme = README.format(name=scene.ground.name.strip(), version=__version__, seed=parameters.seed)
    (folder / "README.md").write_text(readme, encoding="utf-8")
    versions = {"doorstep": __version__, "numpy": np.__version__, "pyarrow": pa.__version__}
    said = {"parameters": parameters.as_dict(), "versions": versions, "rows": rows, "people": scene.people.n}
    (truth / "parameters.json").write_text(json.dumps(said, indent=2) + "\n", encoding="utf-8")
    return rows
