"""The description of the interface (OpenAPI 3.1), made from the shelf of exhibits, so that it cannot lag behind."""

from __future__ import annotations

from typing import Any

from doorstep import __version__
from doorstep.programme.scorecard.exhibits import Kind
from doorstep.programme.scorecard.holdings import CHOSEN

Schema = dict[str, Any]
TEXT: Schema = {"type": "string"}
MONTH: Schema = {"type": "string", "pattern": "^[0-9]{4}-(0[1-9]|1[0-2])$", "examples": ["2026-07"]}
DAY: Schema = {"type": "string", "format": "date"}
NEEDS: dict[str, tuple[str, Schema]] = {
    "place": ("A Place's id, as the index lists it.", {"type": "string", "pattern": "^[a-z0-9-]+$"}),
    "metric": ("A line of the return.", {"type": "string", "enum": list(CHOSEN)}),
    "month": ("The month of the activity.", MONTH),
}
_PROBLEMS = {
    "401": "No token, or none that is valid",
    "403": "Roles or scopes do not include it",
    "404": "Nothing there; `detail` says what",
    "405": "Not a GET",
    "429": "Too many questions; Retry-After says how many seconds to wait",
}


def document(kinds: tuple[Kind, ...], cookie: str) -> Schema:
    """Return the whole description; `cookie` is the name of a log-in's cookie."""
    return {
        "openapi": "3.1.1",
        "info": {
            "title": "Doorstep: exhibits of the scorecard",
            "version": __version__,
            "description": "Read-only. Every number is one that may be shown: a hidden one is a text, such as `*`.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/api/v1"}],
        "security": [{"token": []}, {"session": []}],
        "paths": {
            "/": _get("index", "What can be asked for", ref("Index"), []),
            "/openapi.json": _get("openapi", "This description", {"type": "object"}, []),
            **{path_of(kind): _kind(kind) for kind in kinds},
        },
        "components": {
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "description": "Made on your account's page."},
                "session": {"type": "apiKey", "in": "cookie", "name": cookie, "description": "A log-in's cookie."},
            },
            "schemas": schemas(),
            "responses": {"Problem": _problem()},
        },
    }


def path_of(kind: Kind) -> str:
    """Return the path of a kind, its needs as parameters."""
    return f"/{kind.id}/" + "".join(f"{{{need}}}/" for need in kind.needs)


def ref(name: str) -> Schema:
    """Return a reference to a schema of the document."""
    return {"$ref": f"#/components/schemas/{name}"}


def _kind(kind: Kind) -> Schema:
    asked: dict[str, Schema] = {need: NEEDS[need][1] for need in kind.needs}
    own = {"kind": {"const": kind.id}, "asked": obj(asked)}
    return _get(kind.id, kind.title, {"allOf": [ref("Exhibit"), {"properties": own}]}, list(kind.needs))


def _get(name: str, summary: str, schema: Schema, needs: list[str]) -> Schema:
    edition = {
        "name": "edition", "in": "query", "schema": {"type": "integer", "minimum": 1},
        "description": "An older edition; the newest where it is left out.",
    }  # fmt: skip
    is_exhibit = name not in ("index", "openapi")
    found: Schema = {
        "operationId": name,
        "summary": summary,
        "parameters": [*map(_parameter, needs), *([edition] if name != "openapi" else [])],
        "responses": {
            "200": {"description": "Found", "content": {"application/json": {"schema": schema}}},
            **({"304": {"description": "Not changed since the ETag in If-None-Match"}} if is_exhibit else {}),
            **{status: {"$ref": "#/components/responses/Problem"} for status in _PROBLEMS},
        },
    }
    return {"get": found}


def _parameter(need: str) -> Schema:
    words, schema = NEEDS[need]
    return {"name": need, "in": "path", "required": True, "description": words, "schema": schema}


def _problem() -> Schema:
    told = "; ".join(f"{status}: {words}" for status, words in _PROBLEMS.items())
    return {"description": told, "content": {"application/problem+json": {"schema": ref("Problem")}}}


def obj(properties: dict[str, Schema]) -> Schema:
    """Return the schema of an object that has all of these and nothing else."""
    return {
        "type": "object", "properties": properties, "required": list(properties), "additionalProperties": False,
    }  # fmt: skip


def many(items: Schema) -> Schema:
    """Return the schema of a list."""
    return {"type": "array", "items": items}


def schemas() -> dict[str, Schema]:
    """Return the schemas of everything that is answered."""
    cell: Schema = {"type": ["string", "number", "boolean", "null"], "description": "null: nothing to show"}
    kinds = ["text", "count", "number", "rate", "percent", "month", "day", "state"]
    column = obj({"name": TEXT, "title": TEXT, "kind": {"type": "string", "enum": kinds}})
    row: Schema = {"type": "object", "additionalProperties": cell}
    return {
        "Index": obj({"editions": many(ref("Edition")), "places": many(obj({"id": TEXT, "name": TEXT})),
                      "metrics": many(obj({"id": TEXT, "title": TEXT})), "months": many(MONTH),
                      "exhibits": many(obj({"kind": TEXT, "title": TEXT, "needs": many(TEXT), "path": TEXT}))}),
        "Edition": obj({"number": {"type": "integer", "minimum": 1}, "made_on": DAY, "through": MONTH, "rules": TEXT}),
        "Exhibit": obj({"kind": TEXT, "title": TEXT, "heading": TEXT, "asked": {"type": "object"},
                        "edition": ref("Edition"), "sentences": many(TEXT), "tables": many(ref("Table")),
                        "charts": many(obj({"alternative": TEXT})), "about": many(ref("About"))}),
        "Table": obj({"name": TEXT, "caption": TEXT, "columns": many(column), "rows": many(row), "notes": many(TEXT)}),
        "About": obj({"definition": TEXT, "title": TEXT, "meaning": TEXT,
                      "choices": many(obj({"about": TEXT, "chosen": TEXT})), "source": TEXT, "cautions": many(TEXT)}),
        "Problem": obj({"type": TEXT, "title": TEXT, "status": {"type": "integer"}, "detail": TEXT}),
    }  # fmt: skip
