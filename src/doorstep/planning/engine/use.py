"""Activity: counts over windows, one scan a lake table for all of its definitions and the months of the history."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from sqlglot import exp

from doorstep.planning.definitions import DATED, Activity, Shelf, Window
from doorstep.planning.engine.concepts import Concepts, asked_of_stays
from doorstep.planning.engine.conditions import asks_age, row_condition
from doorstep.planning.engine.days import days_between, literal, months_before
from doorstep.planning.engine.sources import Source, read_from
from doorstep.planning.engine.steps import Step, case, how_many, number, query

# How a count is made: of rows as they are, or of the distinct days or codes among them.
_KEYED = {"days": "on_day", "codes": "code"}


@dataclass(frozen=True)
class Column:
    """One column of counts: an activity over a window."""

    activity: Activity
    window: Window
    name: str

    def span(self, as_at: date) -> tuple[date, date]:
        """Return the day before the window and its last day."""
        return months_before(as_at, self.window.oldest), months_before(as_at, self.window.newest)


def counted(shelf: Shelf) -> Iterator[Column]:
    """Yield every column of counts of the person table: the windows of each activity."""
    for activity in shelf.activities:
        yield from (Column(activity, w, f"{activity.id}_{w.suffix}") for w in activity.spans)


def traced(shelf: Shelf) -> Iterator[Column]:
    """Yield the columns of the history's counts: a month each, of the activities that it traces."""
    months = {
        m.of: max(h.months for h in shelf.histories if m in h.measure) for h in shelf.histories for m in h.measure
    }
    for activity in shelf.activities:
        for n in range(months.get(activity.id, 0)):
            yield Column(activity, Window(n, n + 1), f"{activity.id}_month_{n}")


@dataclass(frozen=True)
class Use:
    """The steps over activity: `used_<table>` with a column of whole numbers a count, `months_<table>` for the history.

    Each has only people of whom some row counts.
    """

    shelf: Shelf
    concepts: Concepts
    as_at: date

    @property
    def groups(self) -> dict[str, list[Column]]:
        """The name of each step and its columns: rows of one table, and its distinct days and codes apart."""
        return _grouped("used", counted(self.shelf))

    @property
    def asks_age(self) -> bool:
        """Whether any activity asks how old people were."""
        return any(asks_age(a) for a in self.shelf.activities)

    @property
    def months(self) -> dict[str, list[Column]]:
        """The same for the months of the history."""
        return _grouped("months", traced(self.shelf))

    @property
    def anything(self) -> Iterator[exp.Expr]:
        """The conditions that someone has anything in the months: whoever has a row of a step has something in it."""
        yield from (exp.column("person_id", table=name).is_(exp.null()).not_() for name in self.months)

    def steps(self, source: Source) -> Iterator[Step]:
        """Yield one step for each of `groups` and of `months`."""
        for name, columns in {**self.groups, **self.months}.items():
            key = _KEYED.get(columns[0].activity.counts)
            tree = self._keyed(columns, key) if key else self._counted(columns)
            yield Step(name, read_from(tree, source), f"counts of {columns[0].activity.table}")

    def _counted(self, columns: list[Column]) -> exp.Select:
        rows = self._rows(columns, ())
        return rows.select("person_id", *(exp.alias_(self._count(c), c.name) for c in columns)).group_by("person_id")

    def _keyed(self, columns: list[Column], key: str) -> exp.Select:
        """Count distinct days or codes: first whether each fell in the window, then how many did."""
        flags = (exp.alias_(exp.Max(this=case((self._in(c), number(1)), otherwise=number(0))), c.name) for c in columns)
        each = self._rows(columns, (key,)).select("person_id", key, *flags).group_by("person_id", key)
        each = each.where(exp.column(key).is_(exp.null()).not_())
        sums = (exp.alias_(exp.cast(exp.Sum(this=exp.column(c.name)), "int"), c.name) for c in columns)
        return exp.select("person_id", *sums).from_(each.subquery("each")).group_by("person_id")

    def _count(self, column: Column) -> exp.Expr:
        match column.activity.counts:
            case "bed_days":
                return exp.cast(exp.Sum(this=case((self._overlaps(column), self._nights(column)))), "int")
            case "readmissions":
                return how_many(exp.and_(self._in(column), exp.column("is_readmission")))
            case _:
                return how_many(self._in(column))

    def _in(self, column: Column) -> exp.Expr:
        since, until = column.span(self.as_at)
        within = [exp.column(_met(column.activity)), exp.column("on_day") > literal(since)]
        return exp.and_(*within, *([exp.column("on_day") <= literal(until)] if until < self.as_at else []))

    def _overlaps(self, column: Column) -> exp.Expr:
        """The stay counts and has nights in the window: few do, and only theirs are worked out."""
        since, until = (literal(day) for day in column.span(self.as_at))
        entered, left = exp.column("on_day"), exp.column("left_on")
        return exp.and_(exp.column(_met(column.activity)), entered < until, left > since, left.copy() > entered.copy())

    def _nights(self, column: Column) -> exp.Expr:
        """Nights that end in the window."""
        since, until = (literal(day) for day in column.span(self.as_at))
        first = exp.Greatest(this=exp.column("on_day"), expressions=[since])
        return days_between(first, exp.Least(this=exp.column("left_on"), expressions=[until]))

    def _rows(self, columns: list[Column], keys: tuple[str, ...]) -> exp.Select:
        """The rows that count for some column, each with a yes or no for every activity."""
        activities = list(dict.fromkeys(c.activity for c in columns))
        table = activities[0].table
        met = (exp.alias_(row_condition(a, self.concepts), _met(a)) for a in activities)
        day = exp.alias_(exp.column(DATED[table]), "on_day")
        kept = [name for name in keys if name != "on_day"]
        if table == "spell":
            rows = _stays(activities).select("stay.person_id", day, *self._stay_columns(activities), *met)
        else:
            rows = exp.select("person_id", day, *kept, *met).from_(table).where(self._recent(table, columns))
            rows = _with_codes(rows, activities, self.concepts)
        rows = exp.select().from_(_with_births(rows, activities).subquery("counted"))
        return rows.where(exp.or_(*(self._in_any([c for c in columns if c.activity == a]) for a in activities)))

    def _in_any(self, columns: list[Column]) -> exp.Expr:
        """The condition that a row falls in the time that one activity's windows span."""
        first, last = max(c.window.oldest for c in columns), min(c.window.newest for c in columns)
        whole = Column(columns[0].activity, Window(last, first), "")
        match whole.activity.counts:
            case "bed_days":
                return self._overlaps(whole)
            case "readmissions":
                return exp.and_(self._in(whole), exp.column("is_readmission"))
            case _:
                return self._in(whole)

    def _stay_columns(self, activities: list[Activity]) -> Iterator[exp.Expr]:
        if any(a.counts == "bed_days" for a in activities):
            left = exp.func("coalesce", exp.column("discharged_on"), literal(self.as_at))
            yield exp.alias_(exp.Least(this=left, expressions=[literal(self.as_at)]), "left_on")
        if any(a.counts == "readmissions" for a in activities):
            yield exp.alias_(exp.func("coalesce", exp.column("is_readmission"), exp.false()), "is_readmission")

    def _recent(self, table: str, columns: list[Column]) -> exp.Expr:
        since = min(c.span(self.as_at)[0] for c in columns)
        on, someone = exp.column(DATED[table]), exp.column("person_id").is_(exp.null()).not_()
        return exp.and_(someone, on > literal(since), on <= literal(self.as_at))


def _grouped(prefix: str, columns: Iterable[Column]) -> dict[str, list[Column]]:
    found: dict[str, list[Column]] = {}
    for column in columns:
        kind = column.activity.counts
        name = f"{prefix}_{column.activity.table}" + (f"_{kind}" if kind in _KEYED else "")
        found.setdefault(name, []).append(column)
    return found


def _met(activity: Activity) -> str:
    return f"is_{activity.id}"


def _stays(activities: list[Activity]) -> exp.Select:
    rows = exp.select().from_("stay")
    if any(asked_of_stays(a) for a in activities):
        rows = rows.join("stay_diagnosis", using=["person_id", "stay"], join_type="left")
    if any(a.counts == "readmissions" for a in activities):
        rows = rows.join("readmitted", using=["person_id", "stay"], join_type="left")
    return rows


def _with_codes(rows: exp.Select, activities: list[Activity], concepts: Concepts) -> exp.Select:
    """Join the bits of each row's code, where an activity counts only some codes."""
    if not any(a.lists for a in activities):
        return rows
    if activities[0].table == "medicine":
        return rows.join("issue_code", using="code", join_type="left")
    return rows.join("entry_code", using="code", join_type="left").join("entry_kind", using="kind", join_type="left")


def _with_births(rows: exp.Select, activities: list[Activity]) -> exp.Select:
    if not any(asks_age(a) for a in activities):
        return rows
    births = query("select person_id, birth_on from person_record").subquery("born")
    return rows.join(births, using="person_id", join_type="left")
