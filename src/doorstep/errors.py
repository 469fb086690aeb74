"""Errors that teach: what was seen, what was expected, where, and what to do.

Every mistake a user can make ends in one of these and never in a traceback. The exit codes are those of the
command line: 2 usage, 3 configuration, 4 faults in the data, 5 not what it claims to be.
"""

from __future__ import annotations


class DoorstepError(Exception):
    """A mistake a person can mend.

    `seen` and `do` are sentences without a final stop; `where` is a file, row, column or setting.
    """

    exit_code = 4

    def __init__(self, seen: str, *, expected: str = "", where: str = "", do: str = "") -> None:
        self.seen, self.expected, self.where, self.do = seen, expected, where, do
        super().__init__(self.text())

    def text(self) -> str:
        """Return the error as the few lines a person reads."""
        lines = [f"{self.where}: {self.seen}" if self.where else self.seen]
        if self.expected:
            lines.append(f"  expected: {self.expected}")
        if self.do:
            lines.append(f"  to do:    {self.do}")
        return "\n".join(lines)


class UsageError(DoorstepError):
    """The command was asked for something it does not have."""

    exit_code = 2


class ConfigurationError(DoorstepError):
    """The home, a key, a purpose or a definition file is missing or wrong."""

    exit_code = 3


class DataError(DoorstepError):
    """The data were understood and have faults that stop the work."""

    exit_code = 4


class NotWhatItClaimsError(DoorstepError):
    """A file is not what its name, its hash or its header says it is."""

    exit_code = 5
