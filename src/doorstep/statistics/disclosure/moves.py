"""The cheapest way to another table of whole numbers that a reader could take for the true one.

A move changes some numbers so that every rule still holds; the printed numbers it changes would have to be hidden.
Finding the cheapest move that takes one number to a wanted value is a linear program over what each number gains and
loses. Its answer counts only where it is made of whole numbers that satisfy every rule in exact arithmetic; otherwise
the integer program is solved. Which move is found decides what is hidden, never whether a claim of protection is true.

The idea of hiding what the cheapest change of a protected cell touches: Fischetti and Salazar-González, Solving the
cell suppression problem on tabular data with linear constraints, Management Science 47 (2001), and Castro's
shortest-path heuristics for the same.
"""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from typing import Any

import highspy
import numpy as np

from doorstep.statistics.disclosure.system import Row, System

Move = Mapping[int, int]  # number -> its value in the other table, for the numbers that differ

Bounds = Mapping[int, tuple[int, int]]  # column -> its bounds while one question is asked

# One integer program stops after so many branches, so that the answer does not hang on the machine's load; the seconds
# are a last resort.
_BRANCHES, _SECONDS = 2_000, 60.0
_SHAKES = 4
_CHEAP, _TINY = 1e-2, 1e-6
_PULL = 1e4  # towards a value out of reach: worth more than hiding anything


class Mover:
    """Finds moves within one part of a system; `costs` say what hiding each number costs, 0 where it is hidden."""

    def __init__(self, system: System, numbers: Sequence[int], rows: Sequence[Row], costs: Mapping[int, float]) -> None:
        self._system, self._rows = system, rows
        self.numbers = tuple(numbers)
        self._at = {i: k for k, i in enumerate(numbers)}
        self._costs = [costs[i] for i in numbers]
        self._linear: Any = None
        self._integer: Any = None
        self.solved = 0  # how many programs have been solved
        self._random = np.random.default_rng(0)  # the same answer each time

    def price(self, number: int, cost: float) -> None:
        """Set what changing one number costs for each unit."""
        at, n = self._at[number], len(self.numbers)
        self._costs[at] = cost
        for model in (self._linear, self._integer):
            if model is not None:
                model.changeColCost(at, cost)
                model.changeColCost(n + at, cost)

    def move(self, number: int, value: int, allowed: Container[int] | None = None) -> Move | None:
        """Return the cheapest move found that gives one number a value, None where there is none.

        `allowed` are the only numbers it may change. A cheap search: None does not prove that there is no such move.
        """
        gain = value - self._system.truth[number]
        bounds = {self._column(number, gain): (abs(gain), abs(gain)), self._column(number, -gain): (0, 0)}
        return self._solved(bounds, allowed=allowed)

    def nearest(self, number: int, value: int) -> Move | None:
        """Return a move that brings one number as near to a value as can be; None where it cannot leave its own."""
        gain = value - self._system.truth[number]
        column = self._column(number, gain)
        bounds = {column: (0, abs(gain)), self._column(number, -gain): (0, 0)}
        found = self._solved(bounds, pull=column)
        return found if found and number in found else None

    def _column(self, number: int, gain: int) -> int:
        """The column of what a number gains, or of what it loses."""
        return self._at[number] + (0 if gain > 0 else len(self.numbers))

    def _solved(self, bounds: Bounds, pull: int | None = None, allowed: Container[int] | None = None) -> Move | None:
        """Try the linear program, then with costs a little different, then the integer program."""
        if self._linear is None:
            self._linear = self._model(integer=False)
        point = self._solve(self._linear, bounds, pull)
        if point is None or not self._keeps_to(point, allowed):
            return None
        move = self._whole(point)
        if move is None and pull is None:
            move = self._shaken(bounds, allowed)
        if move is None and allowed is None:
            move = self._integral(bounds, pull, point)
        return move

    def _shaken(self, bounds: Bounds, allowed: Container[int] | None) -> Move | None:
        """Look for whole numbers at other corners, with costs that differ a little: far cheaper than branching."""
        n = len(self.numbers)
        columns, costs = np.arange(2 * n, dtype=np.int32), np.array(self._costs * 2)
        move = None
        for _ in range(_SHAKES):
            self._linear.changeColsCost(2 * n, columns, costs * (1 + np.tile(self._random.random(n), 2)))
            point = self._solve(self._linear, bounds, None)
            move = self._whole(point) if point is not None and self._keeps_to(point, allowed) else None
            if move is not None:
                break
        self._linear.changeColsCost(2 * n, columns, costs)
        return move

    def _integral(self, bounds: Bounds, pull: int | None, near: Any) -> Move | None:
        """Solve the integer program, first over hidden numbers and those of the point `near`, then over all.

        The first answer will do: what it costs too much is shown again later.
        """
        n = len(self.numbers)
        if self._integer is None:
            self._integer = self._model(integer=True)
        most = np.array([self._most(k) for k in range(2 * n)])
        cheap = np.tile((np.array(self._costs) < _CHEAP) | (np.abs(near[:n] - near[n:]) > _TINY), 2)
        self._integer.setOptionValue("mip_max_improving_sols", 1 if pull is None else highspy.kHighsIInf)
        for most_here in (np.where(cheap, most, 0.0), most):
            self._integer.changeColsBounds(2 * n, np.arange(2 * n, dtype=np.int32), np.zeros(2 * n), most_here)
            self._integer.setOptionValue("time_limit", self._integer.getRunTime() + _SECONDS)  # it is never set back
            point = self._solve(self._integer, bounds, pull)
            if point is not None:
                return self._whole(point)
        return None

    def _keeps_to(self, point: Any, allowed: Container[int] | None) -> bool:
        n = len(self.numbers)
        changed = np.flatnonzero(np.abs(point[:n] - point[n:]) > _TINY)
        return allowed is None or all(self.numbers[k] in allowed for k in changed)

    def _solve(self, model: Any, bounds: Bounds, pull: int | None) -> Any:
        """Run a model with some bounds changed, leave it as it was, and return its point or None."""
        for column, (low, high) in bounds.items():
            model.changeColBounds(column, float(low), float(high))
        if pull is not None:
            model.changeColCost(pull, -_PULL)
        model.run()
        self.solved += 1
        info = model.getInfo()
        has_point = info.primal_solution_status == int(highspy.SolutionStatus.kSolutionStatusFeasible)
        point = np.array(model.getSolution().col_value) if has_point else None
        for column in bounds:
            model.changeColBounds(column, 0.0, self._most(column))
        if pull is not None:
            model.changeColCost(pull, self._costs[pull % len(self.numbers)])
        return point

    def _whole(self, point: Any) -> Move | None:
        """Return the point as a move, None where it is not made of whole numbers that fit every rule."""
        n, truth = len(self.numbers), self._system.truth
        gains = point[:n] - point[n:]
        move = {self.numbers[k]: truth[self.numbers[k]] + round(gains[k]) for k in np.flatnonzero(abs(gains) > 0.5)}
        fractions = np.abs(gains - np.round(gains)).max(initial=0.0)
        return move if fractions < _TINY and is_possible(self._system, self._rows, move) else None

    def _most(self, column: int) -> float:
        """How far a column can go: a number may gain without end and lose down to the least it can be."""
        n = len(self.numbers)
        if column < n:
            return float(highspy.kHighsInf)
        number = self.numbers[column - n]
        return float(self._system.truth[number] - self._system.least[number])

    def _model(self, integer: bool) -> Any:
        n = len(self.numbers)
        model: Any = highspy.Highs()  # type: ignore[no-untyped-call]
        for option, value in (("output_flag", False), ("threads", 1)):
            model.setOptionValue(option, value)
        model.addVars(2 * n, np.zeros(2 * n), np.array([self._most(k) for k in range(2 * n)]))
        model.changeColsCost(2 * n, np.arange(2 * n, dtype=np.int32), np.array(self._costs * 2, dtype=np.float64))
        if integer:
            model.setOptionValue("mip_max_nodes", _BRANCHES)
            kinds = np.array([highspy.HighsVarType.kInteger] * (2 * n))
            model.changeColsIntegrality(2 * n, np.arange(2 * n, dtype=np.int32), kinds)
        for row in self._rows:
            self._add(model, row)
        return model

    def _add(self, model: Any, row: Row) -> None:
        """Add a rule over changes: its bounds less what the true numbers make."""
        n, truth = len(self.numbers), self._system.truth
        free = [(self._at[i], weight) for i, weight in row.terms if i in self._at]
        now = sum(weight * truth[i] for i, weight in row.terms)
        low = -highspy.kHighsInf if row.low is None else float(row.low - now)
        high = highspy.kHighsInf if row.high is None else float(row.high - now)
        columns = np.array([k for k, _ in free] + [n + k for k, _ in free], dtype=np.int32)
        weights = np.array([w for _, w in free] + [-w for _, w in free], dtype=np.float64)
        model.addRow(low, high, len(columns), columns, weights)


def is_possible(system: System, rows: Sequence[Row], move: Move) -> bool:
    """Check a move in whole numbers: no number below its least, none that is fixed, and every rule holds."""
    if any(value < system.least[i] or i in system.fixed for i, value in move.items()):
        return False
    return all(row.holds(lambda i: move.get(i, system.truth[i])) for row in rows)
