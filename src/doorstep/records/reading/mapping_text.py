"""Write a guess down as the mapping file that a person edits and keeps: column names, never a person's cells."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from doorstep.records.contracts import TABLES
from doorstep.records.profiles import Field, TableMapping
from doorstep.records.profiles.model import KINDS
from doorstep.records.reading.guess import Guess, Match

WHICH = "WHICH COLUMN?"

_HEAD = """\
# How to read {file}. Guessed from its column names and from what its cells can be read as: look every line over.
#
#   our_column = {{ from = "Their Column", as = "kind" }}
#
# - `from` may be a list: the first of the columns that is filled counts.
# - `needed = true`: the file is refused where the column is missing.
# - `translate = {{ "their value" = "our code" }}`: values not listed stay as they are.
# - A line that starts with # is not read: take the # away once you know the column, or delete the line.
# - Where {which} stands, write the name of their column.
# Kinds in this file:
{kinds}
format = 1
id = {id}
version = 1
title = {title}
"""


def file_stem(path: Path, fallback: str) -> str:
    """Return what the names of such files start with: the name up to its first date or number."""
    name = re.sub(r"(\.(csv|txt|tsv|gz|parquet))+$", "", path.name, flags=re.IGNORECASE)
    return re.sub(r"[\s_\-.(]*\d.*$", "", name).strip() or fallback


def mapping_text(guess: Guess) -> str:
    """Return the text of the mapping file."""
    stem = file_stem(guess.sniffed.source.path, guess.mapping.stem)
    body = "\n".join(_file(guess, stem))
    kinds = sorted({m.target.kind for m in guess.matches} & set(KINDS))
    head = _HEAD.format(
        file=_plain(guess.sniffed.source.path.name),
        which=WHICH,
        kinds="\n".join(f"#   {k}: {KINDS[k]}" for k in kinds),
        id=_quoted(re.sub(r"[^a-z0-9]+", "_", stem.lower()).strip("_") or "mapping"),
        title=_quoted(f"{stem}, read like {guess.mapping.stem} of {guess.profile.label}"),
    )
    return f"{head}date_formats = {_list(guess.date_formats)}\n\n{body}\n"


def _file(guess: Guess, stem: str) -> Iterator[str]:
    mapping = guess.mapping
    here = f"files.{_key(stem)}"
    yield f"[{here}]"
    if mapping.main is None:
        yield from _helping_file(guess)
        return
    yield f"table = {_quoted(mapping.main.table)}  # {TABLES[mapping.main.table].title}"
    yield from _whole_file(guess)
    yield f"\n[{here}.columns]"
    yield from _columns(guess, mapping.main)
    for part in mapping.also:
        yield f"\n[[{here}.also]]\ntable = {_quoted(part.table)}  # {TABLES[part.table].title}\n[{here}.also.columns]"
        yield from _columns(guess, part)
    if guess.not_used:
        yield f"\n# Their columns that nothing above reads: {_plain(', '.join(guess.not_used))}"


def _helping_file(guess: Guess) -> Iterator[str]:
    mapping = guess.mapping
    yield f"id = {_quoted(guess.column(mapping.row_key) or WHICH)}"
    if mapping.dictionary:
        found = {ours: guess.column(c) or WHICH for ours, c in mapping.dictionary_columns.items()}
        yield f"dictionary = {_quoted(mapping.dictionary)}\ndictionary_columns = {_inline(found)}"
    yield from _versions(guess)


def _whole_file(guess: Guess) -> Iterator[str]:
    mapping = guess.mapping
    key = guess.column(mapping.person[0][0]) or next(
        (guess.column(c) for c, _ in mapping.person if guess.column(c)), ""
    )
    yield f"person = {_inline({key or WHICH: guess.key_scheme})}  # the key that says whose row it is, and its kind"
    if mapping.local_key[0]:
        found = guess.column(mapping.local_key[0]) or WHICH
        yield f"local_key = {_inline({found: mapping.local_key[1]})}  # the sender's own identifier in its other files"
    provider = [c for c in map(guess.column, mapping.provider) if c]
    yield f"provider = {_list(provider)}" if provider else '# provider = "…"  # organisation code; not found'
    for name, source in (("deleted", mapping.deleted), ("duplicate", mapping.duplicate)):
        if source:
            found = guess.column(source)
            yield f"{name} = {_quoted(found)}" if found else f'# {name} = "…"  # not found'
    blank = mapping.out_of_scope_when_blank and guess.column(mapping.out_of_scope_when_blank)
    if blank:
        yield f"out_of_scope_when_blank = {_quoted(blank)}"
    identity = {ours: guess.column(c) for ours, c in mapping.identity.items() if guess.column(c)}
    if identity:
        yield f"identity = {_inline(identity)}"
    if mapping.fold:
        yield f"fold = {_quoted(mapping.fold)}"
        yield f"episode = {_inline({o: guess.column(c) or WHICH for o, c in mapping.episode.items()})}"
    yield from _versions(guess)


def _versions(guess: Guess) -> Iterator[str]:
    found = {guess.column(c): kind for c, kind in guess.mapping.version if guess.column(c)}
    if found:
        yield f"version = {_inline(found)}  # these, in this order, say which of two versions is newer"


def _columns(guess: Guess, table: TableMapping) -> Iterator[str]:
    for item in table.fields:
        match = next((m for m in guess.matches if item.sources and item.sources[0] in m.target.sources), None)
        if match is None and item.sources:
            match = next((m for m in guess.matches if set(item.sources) & set(m.target.sources)), None)
        yield from _column(guess, item, match)


def _column(guess: Guess, item: Field, match: Match | None) -> Iterator[str]:
    if item.fixed is not None:
        yield f'{item.name} = {{ value = {_quoted(item.fixed)}, status = "ours" }}'
        return
    columns = [c for c in dict.fromkeys(guess.column(s) for s in item.sources) if c]
    if match is None or not columns:
        perhaps = f"; perhaps {_plain(', '.join(match.others))}" if match and match.others else ""
        mark = "" if item.needed else "# "
        yield f"{mark}{item.name} = {_field(guess, item, [WHICH])}  # not found{perhaps}"
        return
    sure = f"name {match.name_score:.0%} alike, {match.cell_score:.0%} of cells fit"
    yield f"{item.name} = {_field(guess, item, columns)}  # {sure}"
    unknown = [v for v, code in guess.codes.get(columns[0], {}).items() if not code]
    if unknown and item.kind == "code":
        listed = _plain(json.dumps(unknown, ensure_ascii=False))
        yield f"#   {item.name}: give in `translate` the code of {item.code_set} for each of {listed}"


def _field(guess: Guess, item: Field, columns: list[str]) -> str:
    parts = [f"from = {_list(columns)}"]
    if item.kind != "text":
        parts.append(f"as = {_quoted(item.kind)}")
    if item.code_set:
        parts.append(f"set = {_quoted(item.code_set)}")
    if item.needed:
        parts.append("needed = true")
    for name, source in (("age", item.age), ("postcode", item.postcode)):
        if source and guess.column(source):
            parts.append(f"{name} = {_quoted(guess.column(source))}")
    translate = {**item.translate, **{v: c for v, c in guess.codes.get(columns[0], {}).items() if c}}
    if translate and item.kind == "code":
        parts.append(f"translate = {_inline(translate)}")
    return f'{{ {", ".join(parts)}, status = "guessed" }}'


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _key(text: str) -> str:
    return text if re.fullmatch(r"[A-Za-z0-9_-]+", text) else _quoted(text)


def _list(items: tuple[str, ...] | list[str]) -> str:
    return _quoted(items[0]) if len(items) == 1 else f"[{', '.join(map(_quoted, items))}]"


def _inline(pairs: Mapping[str, str]) -> str:
    return f"{{ {', '.join(f'{_key(k)} = {_quoted(v)}' for k, v in pairs.items())} }}"


def _plain(text: str) -> str:
    """Return text that is safe in a comment: one line, no control characters."""
    return "".join(c if c.isprintable() else " " for c in text)
