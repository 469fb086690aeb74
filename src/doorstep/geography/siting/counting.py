"""Every choice there is, where these are few: the best of them needs no bound."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator

import numpy as np

from doorstep.geography.siting.rules import Budget, Ints, Quotas, Rule


def n_choices(rule: Rule) -> int:
    """Return how many choices there are; for a budget, how many before what they cost is looked at."""
    match rule:
        case Quotas(group=group, quota=quota):
            return math.prod(math.comb(int((group == k).sum()), wanted) for k, wanted in enumerate(quota))
        case Budget(costs=costs):
            return int(2 ** len(costs))


def choices(rule: Rule) -> Iterator[Ints]:
    """Yield the numbers of the sites that each choice opens; a budget opens at least one."""
    match rule:
        case Quotas(group=group, quota=quota):
            members = [np.flatnonzero(group == k).tolist() for k in range(len(quota))]
            each = [itertools.combinations(some, wanted) for some, wanted in zip(members, quota, strict=True)]
            for parts in itertools.product(*each):
                yield np.array([j for part in parts for j in part], dtype=np.intp)
        case Budget(costs=costs):
            for bits in itertools.product((False, True), repeat=len(costs)):
                if any(bits) and rule.keeps(np.array(bits)):
                    yield np.flatnonzero(bits)
