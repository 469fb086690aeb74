"""One column of ours as SQL over one file: the text it comes from, the value, and the warnings it can raise."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from doorstep.records.profiles import Field
from doorstep.records.reading import cells, dictionaries, facts
from doorstep.records.reading.facts import Codes
from doorstep.records.reading.sqltext import cell, first_of, literal, name, translated


@dataclass(frozen=True)
class Context:
    """What every column needs to know of the file it is read from."""

    header: frozenset[str]
    received_on: date
    formats: Sequence[str]
    sets: Mapping[str, Codes]
    where: str
    activity_date: str = ""  # SQL of the row's own day, for codes that retire

    @property
    def received(self) -> str:
        """Return the day of arrival as SQL."""
        return f"DATE '{self.received_on.isoformat()}'"


@dataclass(frozen=True)
class Column:
    """SQL of one column: `texts` are cells of the file by alias, `value` speaks of those aliases.

    `warnings` are (condition, words) pairs over the aliases and `value_name`; `joins` are look-ups by alias.
    """

    value_name: str
    label: str
    texts: Mapping[str, str]
    value: str
    warnings: tuple[tuple[str, str], ...] = ()
    joins: tuple[str, ...] = field(default=())


def column(item: Field, context: Context, prefix: str) -> Column:
    """Return the SQL of one field; of its sources the first that the file has counts."""
    there = [s for s in item.sources if s in context.header]
    alias = f"t{prefix}_{item.name}"
    value_name = f"{prefix}_{item.name}"
    label = there[0] if there else item.name
    texts = {alias: translated(first_of(there), item.translate) if there else "NULL::VARCHAR"}
    if item.fixed is not None:
        return Column(value_name, label, {}, literal(item.fixed))
    base = Column(value_name, label, texts, alias)
    builder = _BUILDERS.get(item.kind)
    return builder(item, context, base) if builder else base


def _unreadable(base: Column, what: str) -> tuple[tuple[str, str], ...]:
    alias = next(iter(base.texts))
    return ((f"{alias} IS NOT NULL AND {base.value_name} IS NULL", f"{base.label} is not {what}"),)


def _with(base: Column, value: str, what: str = "", **more: object) -> Column:
    warnings = _unreadable(base, what) if what else ()
    parts: dict[str, object] = {"texts": base.texts, "warnings": warnings, "joins": (), **more}
    return Column(base.value_name, base.label, value=value, **parts)  # type: ignore[arg-type]


def _alias(base: Column) -> str:
    return next(iter(base.texts))


def _upper(_: Field, __: Context, base: Column) -> Column:
    return _with(base, f"upper({_alias(base)})")


def _code(item: Field, context: Context, base: Column) -> Column:
    codes = facts.codes_of(context.sets, item.code_set, context.where)
    warnings = _unreadable(base, f"a code of {item.code_set}")
    retired = cells.is_retired(base.value_name, codes, context.activity_date)
    if retired != "false":
        warnings += ((retired, f"{base.label} is a retired code"),)
    value = cells.code(_alias(base), codes)
    if item.unknown == "keep":
        strange = f"{_alias(base)} IS NOT NULL AND ({value}) IS NULL"
        warnings = ((strange, f"{base.label} is not a code of {item.code_set}"), *warnings[1:])
        value = f"coalesce({value}, upper({_alias(base)}))"
    return _with(base, value, warnings=warnings)


def _day(_: Field, context: Context, base: Column) -> Column:
    return _with(base, cells.day(_alias(base), context.formats), "a possible date")


def _birth(item: Field, context: Context, base: Column) -> Column:
    texts, age = _with_age(item, context, base)
    value = cells.birth(_alias(base), context.formats, age, context.received)
    return _with(base, value, "a birth date", texts=texts)


def _birth_precision(item: Field, context: Context, base: Column) -> Column:
    texts, age = _with_age(item, context, base)
    known = cells.birth(_alias(base), context.formats, age, context.received)
    return _with(
        base, f"CASE WHEN {known} IS NOT NULL THEN {cells.birth_precision(_alias(base), age)} END", texts=texts
    )


def _with_age(item: Field, context: Context, base: Column) -> tuple[Mapping[str, str], str]:
    if item.age not in context.header:
        return base.texts, ""
    alias = f"{_alias(base)}_age"
    return {**base.texts, alias: cell(item.age)}, alias


def _time(_: Field, __: Context, base: Column) -> Column:
    return _with(base, cells.time(_alias(base)), "a time")


def _boolean(_: Field, __: Context, base: Column) -> Column:
    return _with(base, cells.boolean(_alias(base)), "yes or no")


def _number(_: Field, __: Context, base: Column) -> Column:
    return _with(base, cells.number(_alias(base)), "a number")


def _codes(item: Field, context: Context, base: Column) -> Column:
    there = [cell(s) for s in item.sources if s in context.header]
    texts = {_alias(base): f"concat_ws(',', {', '.join(there)})"} if there else base.texts
    return _with(base, cells.codes(_alias(base)), texts=texts)


def _lsoa(item: Field, context: Context, base: Column) -> Column:
    alias, area, post = _alias(base), f"a_{base.value_name}", f"p_{base.value_name}"
    joins = [f"LEFT JOIN {facts.LSOA} AS {area} ON {area}.code = upper({alias})"]
    texts, value = dict(base.texts), f"{area}.lsoa21"
    if item.postcode in context.header:
        texts[f"{alias}_post"] = f"upper(replace({cell(item.postcode)}, ' ', ''))"
        joins.append(f"LEFT JOIN {facts.POSTCODE} AS {post} ON {alias} IS NULL AND {post}.postcode = {alias}_post")
        value = f"coalesce({value}, {post}.lsoa21)"
    doubtful = (f"coalesce({area}_is_doubtful, false)", f"{base.label}: the area changed irregularly after 2011")
    return _with(
        base,
        value,
        texts=texts,
        joins=tuple(joins),
        warnings=(*_unreadable(base, "an LSOA code of England"), doubtful),
    )


def extra_values(base: Column) -> Mapping[str, str]:
    """Return further values that a column's warnings look at, by name."""
    return {f"{j}_is_doubtful": f"{j}.is_doubtful" for j in _areas(base)}


def _areas(base: Column) -> list[str]:
    return [f"a_{base.value_name}"] if any(facts.LSOA in j for j in base.joins) else []


def _from_dictionary(table: str) -> Callable[[Field, Context, Column], Column]:
    def build(_: Field, __: Context, base: Column) -> Column:
        known = f"d_{base.value_name}"
        join = f"LEFT JOIN {name(table)} AS {known} ON {known}.code_id = {_alias(base)}"
        return _with(base, f"{known}.concept", "in the dictionary of codes", joins=(join,))

    return build


def _slot_session(part: str) -> Callable[[Field, Context, Column], Column]:
    def build(_: Field, __: Context, base: Column) -> Column:
        session = f"s_{base.value_name}"
        join = f"LEFT JOIN {dictionaries.SLOT_SESSIONS} AS {session} ON {session}.session = {_alias(base)}"
        return _with(base, f"coalesce({session}.{part}, 'Unknown')", joins=(join,))

    return build


def _slot_status(item: Field, context: Context, base: Column) -> Column:
    """DidNotAttend says DNA; a time of calling in or leaving says Attended; a day not yet over says Booked."""
    alias = _alias(base)
    parts = ("did_not", "sent_in", "left", "day")
    texts = {
        f"{alias}_{part}": cell(source) if source in context.header else "NULL::VARCHAR"
        for part, source in zip(parts, item.sources, strict=True)
    }
    on = cells.day(f"{alias}_day", context.formats)
    value = (
        f"CASE WHEN {cells.boolean(f'{alias}_did_not')} THEN 'DNA' "
        f"WHEN {alias}_sent_in IS NOT NULL OR {alias}_left IS NOT NULL THEN 'Attended' "
        f"WHEN {on} >= {context.received} THEN 'Booked' ELSE 'Unknown' END"
    )
    return _with(base, value, texts=texts)


_BUILDERS: dict[str, Callable[[Field, Context, Column], Column]] = {
    "upper": _upper,
    "code": _code,
    "date": _day,
    "birth": _birth,
    "birth_precision": _birth_precision,
    "time": _time,
    "boolean": _boolean,
    "number": _number,
    "codes": _codes,
    "lsoa": _lsoa,
    "clinical_code": _from_dictionary("dict_clinical"),
    "drug_code": _from_dictionary("dict_drug"),
    "slot_role": _slot_session("role_group"),
    "slot_setting": _slot_session("service_setting"),
    "slot_status": _slot_status,
}
