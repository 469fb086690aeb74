"""Bits of masks: each concept (codes that mean one thing to a definition) has one bit of one 62-bit word."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field

from sqlglot import exp

WORD_BITS = 62  # two fewer than a signed 64-bit number has: masks stay positive, and can be counted in any engine


@dataclass(frozen=True)
class Bit:
    """One bit of one word."""

    word: int
    place: int

    @property
    def mask(self) -> int:
        """The word with this bit alone."""
        return 1 << self.place


@dataclass
class Space:
    """The bits given out so far, in words whose columns are called `<prefix><number>`."""

    prefix: str
    bits: dict[Hashable, Bit] = field(default_factory=dict)
    _free: dict[str, Bit] = field(default_factory=dict)
    n_words: int = 0

    def add(self, concept: Hashable, *, near: str = "") -> Bit:
        """Give a concept a bit; those added `near` one name share words with each other and with nothing else.

        So the first 62 near a name have the bits 0, 1, 2, ... of one word, in the order they were added.
        """
        if concept not in self.bits:
            bit = self._free.get(near)
            if bit is None or bit.place == WORD_BITS:
                bit, self.n_words = Bit(self.n_words, 0), self.n_words + 1
            self.bits[concept] = bit
            self._free[near] = Bit(bit.word, bit.place + 1)
        return self.bits[concept]

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the words."""
        return tuple(f"{self.prefix}{n}" for n in range(self.n_words))

    def column(self, concept: Hashable) -> str:
        """Return the column of a concept's word."""
        return f"{self.prefix}{self.bits[concept].word}"

    def words(self, concepts: Iterable[Hashable]) -> tuple[int, ...]:
        """Return the words that have the bits of these concepts."""
        found = [0] * self.n_words
        for concept in concepts:
            found[self.bits[concept].word] |= self.bits[concept].mask
        return tuple(found)

    def has(self, concept: Hashable, column: str | None = None) -> exp.Expr:
        """Return the condition that a word (of this column, where its name is another) holds the concept's bit."""
        return holds(column or self.column(concept), self.bits[concept].mask)


def holds(column: str, mask: int) -> exp.Expr:
    """Return the condition that a column of bits holds any bit of a mask; null where the column is null."""
    both = exp.BitwiseAnd(this=exp.column(column), expression=exp.Literal.number(mask))
    return exp.NEQ(this=exp.Paren(this=both), expression=exp.Literal.number(0))


def merge(rows: Iterable[tuple[str, tuple[int, ...]]]) -> Mapping[str, tuple[int, ...]]:
    """Return one tuple of words for each key: the bits of all its rows."""
    found: dict[str, tuple[int, ...]] = {}
    for key, words in rows:
        kept = found.get(key, (0,) * len(words))
        found[key] = tuple(a | b for a, b in zip(kept, words, strict=True))
    return found
