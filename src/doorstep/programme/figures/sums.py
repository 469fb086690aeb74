"""Sums over all Places, stored with each edition: what a national series, and an edition's own page, are made of.

An edition never changes, so neither do its sums: `write` counts them once, in the transaction that publishes it, and a
page reads a row a line and month where it would read one a Place besides. `wrong` counts them again and compares.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date
from typing import Any, Final

from django.db import connection

from doorstep.programme.figures import models
from doorstep.programme.figures.monthly import MonthSum, Sums
from doorstep.programme.figures.numbers import Edition

# A numerator without its denominator would pull a pool down, so a Place counts where both are shown. `stays` are those
# behind the bed days that are summed (`scorecard.pooling.spread`). Of one Place alone its own number stands.
_COUNTED: Final = """
with held as materialized (
    select line, month, place, values[1] as v, lows[1] as lo, highs[1] as hi, version, received_on,
           cardinality(array_positions(values, null)) as hidden, n_sent_hidden, n_shown_before, withheld <> '' as gone
    from figures_safeline
    where since <= %(number)s and (until is null or until > %(number)s) and (%(all)s or line = any(%(lines)s))
), joined as (
    select e.*, p.place as pplace, p.v as pv, p.lo as plo, p.hi as phi, s.lo as slo,
           e.v is not null and (e.line in ('patients', 'P1') or p.v is not null) as shown
    from held e
    left join held p on p.line = 'patients' and p.month = e.month and p.place = e.place
    left join held s on e.line = 'O3' and s.line = 'O2b' and s.month = e.month and s.place = e.place
)
select line, month, array_agg(place::text order by place) as places, max(version) as version,
       max(received_on) as received_on,
       case when count(*) = 1 then max(v) else sum(v) filter (where shown) end as events, sum(lo) as events_low,
       case when count(hi) = count(*) then sum(hi) end as events_high,
       case when count(pplace) = 1 then max(pv) else sum(pv) filter (where shown) end as patients,
       sum(plo) as patients_low, case when count(phi) = count(pplace) then sum(phi) end as patients_high,
       case when line = 'O3' then coalesce(sum(slo) filter (where shown), 0) end as stays_low,
       count(*) - count(*) filter (where shown) as n_left_out, sum(hidden) as n_hidden,
       sum(n_sent_hidden) as n_sent_hidden, sum(n_shown_before) as n_shown_before,
       count(*) filter (where gone) as n_withheld
from joined group by line, month
"""
_NAMES: Final = MonthSum._fields


def read(of: Edition, lines: Collection[str] = ()) -> Sums:
    """Return the sums of an edition, of all lines where none is named: as stored, or counted where none are."""
    stored = tuple(_stored(of.id, lines))
    return Sums(of, stored or tuple(counted(of.number, lines)))


def counted(number: int, lines: Collection[str] = ()) -> Iterator[MonthSum]:
    """Count the sums of an edition from its lines."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNTED, _asked(number, lines))
        yield from (MonthSum(*row) for row in cursor.fetchall() if not lines or row[0] in lines)


def _stored(edition: int, lines: Collection[str]) -> Iterator[MonthSum]:
    some: dict[str, Any] = {"line__in": list(lines)} if lines else {}
    rows = models.MonthSum.objects.filter(edition=edition, **some)
    query, values = rows.values_list(*_NAMES).query.sql_with_params()
    with connection.cursor() as cursor:  # plain rows: the models would look at each cell of each
        cursor.execute(query, values)
        yield from (MonthSum(*row) for row in cursor.fetchall())


def write(edition: models.Edition) -> None:
    """Count and store the sums of an edition, once its lines are written; those stored before go."""
    models.MonthSum.objects.filter(edition=edition).delete()
    names = ", ".join(_NAMES)
    with connection.cursor() as cursor:
        cursor.execute(
            f"insert into figures_monthsum (edition_id, {names}) select %(edition)s, {names} from ({_COUNTED}) as made",
            {**_asked(edition.number), "edition": edition.pk},
        )


def _asked(number: int, lines: Collection[str] = ()) -> dict[str, Any]:
    """Return what the question needs: patients and stays too, whichever lines are asked for."""
    return {"number": number, "lines": [*lines, "patients", "O2b"], "all": not lines}


def wrong(edition: models.Edition) -> list[tuple[str, date]]:
    """Return the lines and months whose stored sums are not what counting gives: missing, other, or too many."""
    stored, anew = ({row[:2]: row for row in rows} for rows in (_stored(edition.pk, ()), counted(edition.number)))
    return sorted(key for key in stored.keys() | anew.keys() if stored.get(key) != anew.get(key))
