"""Profiles: how the columns of one extract become columns of the lake. A mapping is a profile that a Place keeps.

Both are TOML files of one format (see `docs/how-to/map-your-own-extract.md`). Those that ship lie in this folder.
No heavy import here.
"""

from doorstep.records.profiles.model import Field, FileMapping, Profile, SlotRule, TableMapping
from doorstep.records.profiles.parse import (
    load_mapping,
    parse_profile,
    shipped,
    shipped_ids,
    shipped_slot_rules,
    shipped_stems,
)

__all__ = [
    "Field",
    "FileMapping",
    "Profile",
    "SlotRule",
    "TableMapping",
    "load_mapping",
    "parse_profile",
    "shipped",
    "shipped_ids",
    "shipped_slot_rules",
    "shipped_stems",
]
