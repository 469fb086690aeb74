"""Derive the reference tables that ship in the package from a folder of open data.

    python scripts/derive_reference.py SOURCE_DIR [--out DIR] [--pack DIR]

SOURCE_DIR has the folders `open/` and `clinical/`. What each table is, which files it may read and how it is made
stands in `src/doorstep/reference/data/tables.toml`; this script runs those queries and writes, beside it, one Parquet
file a table and `sources.toml` (rows, columns and checksum). `--pack` writes the code lists that carry no licence into
a folder of their own, one CSV a list as a home keeps them: they never go into the package.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import importlib
import sys
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from doorstep.errors import DataError, DoorstepError, UsageError

PACKAGE_DATA = Path(__file__).resolve().parents[1] / "src" / "doorstep" / "reference" / "data"
PACKAGE = "package/"  # a `from` that starts so is a file kept by hand beside tables.toml

PACK_QUERY = """
select regexp_replace(i.file, '^codelists/(.*)\\.csv$', '\\1') as list_id, c.code, c.term, c.system
from _index i join codelists c on ends_with(c.filename, '/' || i.file)
where i.licence like 'no licence file seen%' and c.system = 'snomedct'
union all
select 'efi.' || regexp_extract(filename, '([^/]+)\\.snomed\\.csv$', 1), code, term, system
from efi where system = 'snomedct'
order by list_id, code
"""
PACK_FROM = ("clinical/codelists/_index.csv", "clinical/codelists/*.csv", "clinical/codelists/efi/*.csv")


def read_catalogue() -> dict[str, Any]:
    """Read tables.toml: what each table is, the files it may read, and its query."""
    return tomllib.loads((PACKAGE_DATA / "tables.toml").read_text(encoding="utf-8"))


def view_name(source: str) -> str:
    """Return what a query calls a source: the file's stem, or the folder's name for a whole folder of files."""
    path = Path(source)
    return path.parent.name if "*" in path.name else path.name.split(".")[0]


def locate(source: str, source_dir: Path) -> str:
    """Return the path or pattern of one source."""
    if source.startswith(PACKAGE):
        return str(PACKAGE_DATA / source.removeprefix(PACKAGE))
    return str(source_dir / source)


def missing_files(sources: Iterable[str], source_dir: Path) -> list[str]:
    """Return the sources that match no file."""

    def is_there(source: str) -> bool:
        path = Path(locate(source, source_dir))
        return any(path.parent.glob(path.name))

    return sorted({s for s in sources if not is_there(s)})


def check_sources(sources: Iterable[str], source_dir: Path) -> None:
    """Raise UsageError that names every file the folder lacks."""
    missing = missing_files(sources, source_dir)
    if missing:
        raise UsageError(
            f"{len(missing)} source file(s) are not there: {', '.join(missing)}",
            expected="a folder with the sub-folders open/ and clinical/, as tables.toml names their files",
            where=str(source_dir),
            do="give the folder that holds both, or fetch the files from the publishers named in tables.toml",
        )


def open_sources(sources: Iterable[str], source_dir: Path) -> duckdb.DuckDBPyConnection:
    """Open a database that sees the named sources and nothing else; one thread, so that sums keep their order."""
    connection = duckdb.connect(config={"threads": 1})
    for source in sources:
        path = locate(source, source_dir)
        if source.endswith(".parquet"):
            relation = connection.read_parquet(path)
        else:
            relation = connection.read_csv(path, all_varchar=True, filename=True, union_by_name=True)
        relation.create_view(view_name(source))
    return connection


def derive(query: str, sources: Sequence[str], source_dir: Path, views: Mapping[str, str] | None = None) -> pa.Table:
    """Run one table's query over its own sources; DataError where a source is not as the query expects."""
    connection = open_sources(sources, source_dir)
    try:
        for name, view in (views or {}).items():
            connection.sql(view).create_view(name)
        return connection.sql(query).to_arrow_table()
    except duckdb.Error as error:
        raise DataError(
            str(error), where=", ".join(sources), do="compare the file with what tables.toml reads"
        ) from error
    finally:
        connection.close()


def write_parquet(table: pa.Table, path: Path) -> str:
    """Write one table and return the SHA-256 of the file. The same library gives the same bytes."""
    temporary = path.with_name(path.name + ".part")
    pq.write_table(table, temporary, compression="zstd", compression_level=19, row_group_size=1_000_000)
    temporary.replace(path)
    return hashlib.sha256(path.read_bytes()).hexdigest()


def make(entry: dict[str, Any], source_dir: Path, views: Mapping[str, str]) -> pa.Table:
    """Return one table: by its query, or by the script beside this one that it names as `made_by`."""
    if "made_by" in entry:
        table: pa.Table = importlib.import_module(entry["made_by"]).make(
            *(Path(locate(s, source_dir)) for s in entry["from"])
        )
        return table
    return derive(entry["query"], entry["from"], source_dir, {view: views[view] for view in entry.get("using", ())})


def derive_table(
    name: str, entry: dict[str, Any], source_dir: Path, out: Path, views: Mapping[str, str]
) -> dict[str, Any]:
    """Derive and write one table, which may read the views it is `using`; return its entry for sources.toml."""
    table = make(entry, source_dir, views)
    if not table.num_rows:
        raise DataError("the table came out empty", where=name, do="check the source files it is derived from")
    kept = {key: value for key, value in entry.items() if key not in ("query", "using", "made_by")}
    checksum = write_parquet(table, out / f"{name}.parquet")
    return kept | {"columns": table.column_names, "rows": table.num_rows, "sha256": checksum}


def toml_value(value: Any) -> str:
    """Write one string, whole number or list of strings as TOML."""
    if isinstance(value, list):
        return "[" + ", ".join(toml_value(v) for v in value) + "]"
    if isinstance(value, int):
        return str(value)
    return '"' + str(value).replace("\\", "\\\\").replace('"', '\\"') + '"'


def write_sources(entries: dict[str, dict[str, Any]], licences: dict[str, dict[str, str]], path: Path) -> None:
    """Write sources.toml: what each shipped table is, and the checksum of its file."""
    lines = ["# Written by scripts/derive_reference.py from tables.toml. Do not edit.", "format = 1", ""]
    for key, licence in licences.items():
        lines += [f"[licences.{key}]", *(f"{k} = {toml_value(v)}" for k, v in licence.items()), ""]
    for name, entry in entries.items():
        lines += [f"[tables.{name}]", *(f"{k} = {toml_value(v)}" for k, v in entry.items()), ""]
    temporary = path.with_name(path.name + ".part")
    temporary.write_text("\n".join(lines), encoding="utf-8")
    temporary.replace(path)


def derive_all(source_dir: Path, out: Path, say: Any = print) -> dict[str, dict[str, Any]]:
    """Derive every table of tables.toml into `out`; return what was written about each."""
    catalogue = read_catalogue()
    tables: dict[str, dict[str, Any]] = catalogue["tables"]
    check_sources((source for entry in tables.values() for source in entry["from"]), source_dir)
    out.mkdir(parents=True, exist_ok=True)
    entries = {}
    for name, entry in tables.items():
        entries[name] = derive_table(name, entry, source_dir, out, catalogue.get("views", {}))
        say(f"  {name}: {entries[name]['rows']:,} rows, {(out / f'{name}.parquet').stat().st_size:,} bytes")
    write_sources(entries, catalogue["licences"], out / "sources.toml")
    return entries


def write_pack(source_dir: Path, pack: Path) -> int:
    """Write the SNOMED CT lists without a licence (group C), one CSV a list, to `pack`; return the number of codes."""
    check_sources(PACK_FROM, source_dir)
    pack.mkdir(parents=True, exist_ok=True)
    table = derive(PACK_QUERY, PACK_FROM, source_dir)
    rows = zip(*(table[name].to_pylist() for name in ("list_id", "code", "term", "system")), strict=True)
    for list_id, codes in groupby(rows, key=itemgetter(0)):
        write_list([row[1:] for row in codes], pack / f"{list_id}.csv")
    return int(table.num_rows)


def write_list(rows: Iterable[Sequence[str]], path: Path) -> None:
    """Write one code list as CSV: code, term, system."""
    temporary = path.with_name(path.name + ".part")
    with temporary.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("code", "term", "system"))
        writer.writerows(rows)
    temporary.replace(path)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the script; a mistake ends in a message and an exit code."""
    parser = argparse.ArgumentParser(description="Derive the reference tables from a folder of open data.")
    parser.add_argument("source_dir", type=Path, help="the folder that holds open/ and clinical/")
    parser.add_argument("--out", type=Path, default=PACKAGE_DATA, help="where to write (default: the package)")
    parser.add_argument("--pack", type=Path, help="also write the code lists without a licence to this folder")
    given = parser.parse_args(argv)
    try:
        entries = derive_all(given.source_dir, given.out)
        print(f"{len(entries)} tables written to {given.out}")
        if given.pack:
            print(f"{write_pack(given.source_dir, given.pack):,} codes without a licence written to {given.pack}")
    except DoorstepError as error:
        print(error.text(), file=sys.stderr)
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
