"""A spreadsheet's plain CSV is often in another code: a user's mistake, said in words wherever a table is brought."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from doorstep.errors import DataError
from doorstep.geography.need import bring
from doorstep.geography.need.comparing import read_list
from doorstep.geography.neighbourhoods import import_set
from doorstep.geography.neighbourhoods.constraints import read_groups, read_pairs

READERS: dict[str, tuple[str, Callable[[Path], Any]]] = {
    "a list": ("lsoa21", read_list),
    "a measure": ("lsoa21,x", lambda path: bring(path, vintage="2021", kind="rate")),
    "neighbourhoods": ("neighbourhood,lsoa21", lambda path: import_set(path, "lsoa2021", "x", on=date(2026, 1, 1))),
    "groups": ("group,lsoa21", read_groups),
    "pairs": ("a,b", read_pairs),
}


@pytest.mark.parametrize("what", READERS)
def test_it_is_said_with_what_to_do(tmp_path: Path, what: str) -> None:
    heading, read = READERS[what]
    path = tmp_path / "list.csv"
    path.write_bytes(f"{heading}\nCafé,E01007133\n".encode("cp1252"))
    with pytest.raises(DataError, match="not text in UTF-8") as refused:
        read(path)
    assert refused.value.where == str(path)
    assert "CSV UTF-8" in refused.value.do
