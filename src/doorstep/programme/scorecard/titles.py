"""What each line is called on pages."""

from __future__ import annotations

from doorstep.programme.scorecard.holdings import CHOSEN
from doorstep.programme.scorecard.words import line_words


def titles() -> dict[str, str]:
    """Return a short title for every line that can be chosen, by id."""
    return {line: line_words(line).short for line in CHOSEN}
