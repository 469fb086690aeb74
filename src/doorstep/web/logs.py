"""Log lines as JSON, without anything about a person: no name, no address of a page with its values, no body."""

from __future__ import annotations

import json
import logging
from contextvars import ContextVar
from datetime import UTC, datetime

request_id: ContextVar[str] = ContextVar("request_id", default="")
_KEPT = ("view", "status", "milliseconds", "role", "queries", "reason")


def _what(record: logging.LogRecord) -> str:
    """Return the words of a line; of a library's only those before its first colon, where it begins to quote."""
    return record.getMessage() if record.name.startswith("doorstep") else str(record.msg).partition(":")[0][:100]


class JsonLine(logging.Formatter):
    """One line a record: when, how grave, who speaks, what, which request, and the few fields that are allowed."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line. Of an exception only the kind and the place are kept: its words may hold data."""
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "from": record.name,
            "what": _what(record),
            "request": request_id.get(),
        }
        line |= {name: getattr(record, name) for name in _KEPT if hasattr(record, name)}
        if record.exc_info and record.exc_info[0]:
            trace = record.exc_info[2]
            while trace and trace.tb_next:
                trace = trace.tb_next
            where = f"{trace.tb_frame.f_code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno}" if trace else ""
            line |= {"error": record.exc_info[0].__name__, "where": where}
        return json.dumps(line, ensure_ascii=False)
