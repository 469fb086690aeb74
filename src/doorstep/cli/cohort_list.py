"""A mapping for a plain cohort list: the shipped layout of the list, with the Place's own name for the key."""

from __future__ import annotations

import json
import re
from importlib.resources import files
from pathlib import Path

from doorstep.errors import UsageError
from doorstep.home import Home

KINDS = ("sender", "nhs_number")


def write_mapping(home: Home, file: Path, key: str, kind: str) -> Path:
    """Write the mapping that reads `file` as a cohort list whose person key is the column `key`; return where.

    It is kept among the home's mappings, so that the load can be understood later. Raises UsageError where the key
    is no column name.
    """
    if not key.strip() or not key.isprintable():
        raise UsageError(f"--key {key!r}", expected="the name of the column that holds the person's key")
    stem = re.sub(r"(\.(csv|txt|tsv|gz|parquet))+$", "", file.name, flags=re.IGNORECASE)
    name = re.sub(r"[^a-z0-9]+", "_", stem.lower()).strip("_") or "list"
    profile = (files("doorstep.records") / "profiles" / "nnhip.toml").read_text(encoding="utf-8")
    layout = profile[profile.index("[files.cohort]") : profile.index("[files.nnhip_contacts]")]
    layout = re.sub(r"(?m)^person = .*$", lambda _: f"person = {{ {_quoted(key)} = {_quoted(kind)} }}", layout)
    layout = re.sub(r"(?m)^(\[+files)\.cohort", lambda found: f"{found[1]}.{_quoted(stem)}", layout)
    head = f'format = 1\nid = "{name}"\nversion = 1\ntitle = {_quoted(f"{stem}: a list of people, by {key}")}\n'
    home.mappings.mkdir(parents=True, exist_ok=True)
    path = home.mappings / f"{name}.cohort.toml"
    draft = path.with_name(f".{path.name}.draft")
    draft.write_text(f'{head}source = "the Place\'s own list"\n\n{layout}', encoding="utf-8")
    draft.replace(path)
    return path


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
