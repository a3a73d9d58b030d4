"""Who is at risk and what happens, by group and day: all that survival curves are made of.

Times are whole days since an origin. A person who enters at `entry` and leaves at `exit` is at risk on day t
iff entry < t <= exit, and an event happens on day `exit`. Someone followed over [start, stop) has
entry = start - origin and exit = stop - origin: whoever enters and dies on one and the same day has
exit = entry + 1 and was at risk on that day.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from helseanalyse.methods.checks import Ints, MethodError, frozen, same_length, whole_numbers


@dataclass(frozen=True, kw_only=True, slots=True, eq=False, repr=False)
class RiskTable:
    """Counts by group and day, exact, on every day on which somebody enters or leaves.

    groups: (G,) and causes: (K,) names. days: (T,) increasing, all after `start`. at_risk: (G, T) persons at
    risk on the day. events: (G, T, K) of each cause. censored: (G, T) who leave without an event that day.
    start: the day on which the curves begin, 0 unless `since` was used.
    Such counts are themselves disclosive: in memory only, never written or shown. `step_grid` makes the
    form that may be.
    """

    groups: tuple[str, ...]
    causes: tuple[str, ...]
    days: Ints
    at_risk: Ints
    events: Ints
    censored: Ints
    start: int = 0

    def __post_init__(self) -> None:
        for name, ndim in (("days", 1), ("at_risk", 2), ("events", 3), ("censored", 2)):
            object.__setattr__(self, name, whole_numbers(name, getattr(self, name), ndim=ndim))
        shape = (len(self.groups), len(self.days))
        if not self.groups or not self.causes:
            raise MethodError("A risk table needs at least one group and one cause. Name them.")
        if (self.at_risk.shape, self.censored.shape, self.events.shape) != (shape, shape, (*shape, len(self.causes))):
            raise MethodError("The arrays of the risk table differ in shape: groups x days (x causes) is wanted.")
        if len(self.days) and (self.days[0] <= self.start or (np.diff(self.days) <= 0).any()):
            raise MethodError("The days of a risk table must increase, and all lie after its start.")
        if (self.events < 0).any() or (self.censored < 0).any() or (self.remaining < 0).any():
            raise MethodError("More persons leave on some day than are at risk. Check entries and exits.")
        if (self.entered < 0).any():
            raise MethodError("Persons vanish between two days of the risk table. Count them as censored.")

    def __repr__(self) -> str:
        return f"RiskTable(groups={len(self.groups)}, causes={len(self.causes)}, days={len(self.days)})"

    @property
    def remaining(self) -> Ints:
        """(G, T) persons at risk on the day who neither had an event nor were censored on it."""
        return np.asarray(self.at_risk - self.events.sum(axis=2) - self.censored)

    @property
    def entered(self) -> Ints:
        """(G, T) persons whose first day at risk it is; on the first day also those at risk from before."""
        came = self.at_risk.copy()
        came[:, 1:] -= self.remaining[:, :-1]
        return came

    def at_risk_on(self, days: ArrayLike) -> Ints:
        """(G, D) persons at risk on any days, for the rows under a figure; the start counts as the day after it.

        >>> table = risk_table([0, 0], [0, 0], [3, 5], [1, 0], [1, 9], groups=["all"], causes=["death"])
        >>> table.at_risk_on([0, 3, 4, 5, 6]).tolist()
        [[10, 10, 9, 9, 0]]
        """
        asked = np.maximum(whole_numbers("days", days), self.start + 1)
        place = np.searchsorted(self.days, asked, side="left")
        known = np.zeros((len(self.groups), len(self.days) + 1), dtype=np.int64)
        known[:, 1:] = self.remaining  # between two days of the table: who was left after the earlier one
        on_table = np.append(self.days, self.start)[place] == asked
        exact = np.pad(self.at_risk, ((0, 0), (0, 1)))[:, place]
        return np.where(on_table, exact, known[:, place])

    def pooled(self, name: str) -> RiskTable:
        """All groups as one, under a name of its own."""
        return RiskTable(
            groups=(name,),
            causes=self.causes,
            days=self.days,
            at_risk=self.at_risk.sum(axis=0, keepdims=True),
            events=self.events.sum(axis=0, keepdims=True),
            censored=self.censored.sum(axis=0, keepdims=True),
            start=self.start,
        )

    def since(self, day: int) -> RiskTable:
        """The table from the day after `day` on: curves made of it are conditional on being event-free that day.

        With delayed entry the first risk sets can be so small that one event takes the curve to 0. A later start
        is the remedy; it changes the question, so the caller chooses it and the report says it.
        """
        if day < self.start:
            raise MethodError(f"The table starts on day {self.start}, so it cannot start on {day}.")
        later = self.days > day
        at_risk, events, censored = self.at_risk[:, later], self.events[:, later], self.censored[:, later]
        days = self.days[later]
        if len(days) and days[0] > day + 1:  # who is at risk on the first day must be known from it on
            first = self.at_risk_on([day + 1])
            days = np.insert(days, 0, day + 1)
            at_risk = np.concatenate([first, at_risk], axis=1)
            events = np.pad(events, ((0, 0), (1, 0), (0, 0)))
            censored = np.pad(censored, ((0, 0), (1, 0)))
        return RiskTable(
            groups=self.groups, causes=self.causes, days=days, at_risk=at_risk, events=events,
            censored=censored, start=day,
        )  # fmt: skip


def risk_table(
    group: ArrayLike,
    entry: ArrayLike,
    exit: ArrayLike,  # noqa: A002 - the word of the field
    cause: ArrayLike,
    n: ArrayLike,
    *,
    groups: Sequence[str],
    causes: Sequence[str],
) -> RiskTable:
    """The risk table of persons counted by group, entry, exit and cause; all (R,) whole numbers.

    group: 0..G-1. entry: 0 or more, exit: later. cause: 0 for censored, k for the k-th of `causes`.
    n: how many such persons. Raises MethodError for anything else.

    >>> risk_table([0, 0], [0, 2], [3, 5], [1, 0], [1, 9], groups=["all"], causes=["death"]).at_risk.tolist()
    [[1, 10, 9]]
    """
    columns = {"group": group, "entry": entry, "exit": exit, "cause": cause, "n": n}
    checked = {name: whole_numbers(name, values, least=0) for name, values in columns.items()}
    same_length(**checked)
    if (checked["exit"] <= checked["entry"]).any():
        raise MethodError("Someone leaves on or before entry. An exit is the day after the last day at risk.")
    return risk_table_from_flows(
        entries=(checked["group"], checked["entry"], checked["n"]),
        exits=(checked["group"], checked["exit"], checked["cause"], checked["n"]),
        groups=groups,
        causes=causes,
    )


def risk_table_from_flows(
    *,
    entries: tuple[ArrayLike, ArrayLike, ArrayLike],
    exits: tuple[ArrayLike, ArrayLike, ArrayLike, ArrayLike],
    groups: Sequence[str],
    causes: Sequence[str],
) -> RiskTable:
    """The risk table from entries (group, entry, n) and exits (group, exit, cause, n), counted apart.

    The two counts are far fewer rows than entry x exit x cause, and carry the same information. Rows with
    the same key are summed. Raises MethodError where more leave than have entered.

    >>> table = risk_table_from_flows(
    ...     entries=([0, 0], [0, 2], [1, 9]), exits=([0, 0], [3, 5], [1, 0], [1, 9]), groups=["all"], causes=["death"]
    ... )
    >>> table.days.tolist(), table.at_risk.tolist(), table.events[0, :, 0].tolist(), table.censored.tolist()
    ([1, 3, 5], [[1, 10, 9]], [0, 1, 0], [[0, 0, 9]])
    """
    in_group, entry, n_in = _columns(("group", "entry", "n"), entries)
    out_group, leave, cause, n_out = _columns(("group", "exit", "cause", "n"), exits)
    for which, names in ((in_group, groups), (out_group, groups), (cause, ("censored", *causes))):
        if len(which) and int(which.max()) >= len(names):
            raise MethodError(f"A group or cause is numbered beyond the last of {', '.join(names)}.")
    days = np.unique(np.concatenate([entry[n_in > 0] + 1, leave[n_out > 0]]))
    if len(days) and days[0] < 1:
        raise MethodError("Someone leaves on day 0. An exit is the day after the last day at risk, 1 or more.")
    entry, in_group, n_in = entry[n_in > 0], in_group[n_in > 0], n_in[n_in > 0]
    leave, out_group, cause, n_out = leave[n_out > 0], out_group[n_out > 0], cause[n_out > 0], n_out[n_out > 0]
    came = np.zeros((len(groups), len(days)), dtype=np.int64)
    left = np.zeros((len(groups), len(days), 1 + len(causes)), dtype=np.int64)
    np.add.at(came, (in_group, np.searchsorted(days, entry + 1)), n_in)
    np.add.at(left, (out_group, np.searchsorted(days, leave), cause), n_out)
    gone = left.sum(axis=2)
    at_risk = np.cumsum(came - gone, axis=1) + gone
    if (came.sum(axis=1) != gone.sum(axis=1)).any():
        raise MethodError("Not as many leave a group as enter it. Count each person's exit, censored or not.")
    return RiskTable(
        groups=tuple(groups), causes=tuple(causes), days=days, at_risk=at_risk, events=left[:, :, 1:],
        censored=left[:, :, 0],
    )  # fmt: skip


def risk_table_from_days(
    days: ArrayLike, at_risk: ArrayLike, events: ArrayLike, *, groups: Sequence[str], causes: Sequence[str]
) -> RiskTable:
    """The risk table when only numbers at risk and events on the event days are known.

    days: (T,) increasing; at_risk: (G, T) for every group on every day; events: (G, T, K). The net change
    between two days is taken as censoring on the earlier day, or as entry on the later one, which no curve
    or test here depends on; only `at_risk_on` between the days does.

    >>> table = risk_table_from_days([1, 2, 4], [[10, 9, 7]], [[[1], [1], [2]]], groups=["all"], causes=["any"])
    >>> table.censored.tolist()
    [[0, 1, 5]]
    """
    n, d = whole_numbers("at_risk", at_risk, ndim=2, least=0), whole_numbers("events", events, ndim=3, least=0)
    if d.shape[:2] != n.shape:
        raise MethodError("Events must be groups x days x causes, with the groups and days of at_risk.")
    stay = n - d.sum(axis=2)
    following = np.zeros_like(n)
    following[:, :-1] = n[:, 1:]
    censored = np.maximum(0, stay - following)
    return RiskTable(
        groups=tuple(groups), causes=tuple(causes), days=whole_numbers("days", days), at_risk=n, events=d,
        censored=censored,
    )  # fmt: skip


def _columns(names: tuple[str, ...], values: tuple[ArrayLike, ...]) -> list[Ints]:
    checked = {name: whole_numbers(name, column, least=0) for name, column in zip(names, values, strict=True)}
    same_length(**checked)
    return [np.asarray(frozen(column)) for column in checked.values()]
