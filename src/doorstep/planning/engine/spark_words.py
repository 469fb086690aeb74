"""The program's queries in Spark's words, where SQLGlot alone would not say the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from sqlglot import exp

_PLACE = "place_from_0"


def spark_sql(query: exp.Expr, names: Mapping[str, str] | None = None) -> str:
    """Return a query as Spark's SQL, with some of the tables it reads called by other names."""
    tree = query.copy()
    for table in list(tree.find_all(exp.Table)):
        if names and table.name in names:
            table.set("this", exp.to_identifier(names[table.name]))
    return tree.transform(_positions).sql("spark")


def _positions(node: exp.Expr) -> exp.Expr:
    """Say `unnest(x) as value, generate_subscripts(x, 1) as position` as one posexplode, which counts from 0.

    Two generators side by side give every pair of their rows on Spark, and it has no generate_subscripts.
    """
    subscripts = [e for e in node.expressions if _is_subscripts(e)] if isinstance(node, exp.Select) else []
    if not subscripts:
        return node
    (position,) = subscripts
    (value,) = (e for e in node.expressions if isinstance(e, exp.Alias) and isinstance(e.this, exp.Explode))
    both = exp.Aliases(
        this=exp.Posexplode(this=value.this.this), expressions=[exp.to_identifier(_PLACE), value.args["alias"]]
    )
    kept = [e for e in node.expressions if e is not position and e is not value]
    inner = cast(exp.Select, node.copy())
    inner.set("expressions", [*(e.copy() for e in kept), both])
    shown = [exp.column(e.alias_or_name) for e in (*kept, value)]
    place = exp.alias_(exp.Add(this=exp.column(_PLACE), expression=exp.Literal.number(1)), position.alias)
    return exp.select(*shown, place).from_(inner.subquery("unnested"))


def _is_subscripts(e: exp.Expr) -> bool:
    called = e.this if isinstance(e, exp.Alias) else None
    return isinstance(called, exp.Anonymous) and called.name.lower() == "generate_subscripts"
