"""Days: the edges of windows and ages, worked out once in Python so that every engine has the same ones."""

from __future__ import annotations

from calendar import monthrange
from datetime import date

from sqlglot import exp

# Open ends of what is not dated: earlier than any entry, later than any end.
ALWAYS, NEVER = date(1, 1, 1), date(9999, 12, 31)


def months_before(day: date, months: int) -> date:
    """Return the same day so many months earlier, or that month's last day where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def literal(day: date) -> exp.Expr:
    """Return a day as SQL."""
    return exp.cast(exp.Literal.string(day.isoformat()), "date")


def day_number(day: exp.Expr) -> exp.Expr:
    """Return the days from 1 January of the year 1, a whole number that sorts as the day does."""
    return exp.DateDiff(this=day, expression=literal(ALWAYS), unit=exp.var("day"))


def days_between(first: exp.Expr, last: exp.Expr) -> exp.Expr:
    """Return the days from `first` to `last`."""
    return exp.DateDiff(this=last, expression=first, unit=exp.var("day"))


def age(born: exp.Expr, on: exp.Expr) -> exp.Expr:
    """Return the age in whole years: a birthday counts on the day, and 29 February is reached on 1 March."""
    before_birthday = exp.Paren(this=exp.LT(this=_day_of_year(on), expression=_day_of_year(born)))
    years = exp.Sub(this=exp.Year(this=on.copy()), expression=exp.Year(this=born.copy()))
    return exp.cast(exp.Sub(this=years, expression=exp.cast(before_birthday, "int")), "int")


def _day_of_year(day: exp.Expr) -> exp.Expr:
    """Month and day as one number that sorts as they do."""
    hundreds = exp.Mul(this=exp.Month(this=day.copy()), expression=exp.Literal.number(100))
    return exp.Add(this=hundreds, expression=exp.Day(this=day.copy()))
