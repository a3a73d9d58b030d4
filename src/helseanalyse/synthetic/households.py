"""Households and homes in time: with whom a person lives, and in which municipality.

A woman who has moved out keeps one household of her own, whose serial number is hers; a partner lives in
it as long as the couple lasts, and children until they leave home. A man alone has his own. A household
moves as one, so families live in one place.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from helseanalyse.synthetic.calendar import NEVER, STOP, YEAR_DAYS, Days
from helseanalyse.synthetic.draw import Bools, Draw, Ints
from helseanalyse.synthetic.everyone import Everyone
from helseanalyse.synthetic.families import Families
from helseanalyse.synthetic.places import era_of, places

KINDS = ("alone", "couple", "couple_with_children", "single_parent", "other")
ALONE, COUPLE, COUPLE_CHILDREN, SINGLE_PARENT, OTHER = range(5)
_STAYS_NEAR = 0.58  # share of those who leave home that stay in the municipality
_MOVES = 3  # moves between municipalities in an adult life, at most


@dataclass(frozen=True, slots=True)
class Pieces:
    """Spells of persons: pid, first day, first day after, and what holds in between."""

    pid: Ints
    start: Days
    stop: Days
    value: Ints  # household number, or place in places().codes
    kind: Ints

    def where(self, keep: Bools | Ints) -> Pieces:
        """Those for which `keep` is true, or those at these positions."""
        return Pieces(self.pid[keep], self.start[keep], self.stop[keep], self.value[keep], self.kind[keep])


@dataclass(frozen=True, slots=True)
class Homes:
    """The moves of each person's own household: arrays (total + 1, 4).

    home: place in places().size, first at birth or arrival, then after each move. moved: the day from
    which it holds (the first: long ago).
    """

    home: npt.NDArray[np.int16]
    moved: Days

    def on(self, pid: Ints, days: Days) -> Ints:
        """The home of each household on a day."""
        step = (self.moved[pid] <= days[:, None]).sum(axis=1) - 1
        return np.asarray(self.home[pid, step].astype(np.int64))


def homes(all_: Everyone, family: Families, seed: int) -> Homes:
    """Where each household is, from its first day on; children begin near their mothers."""
    draw = Draw(seed, np.arange(len(all_.born)))
    edges = places().edges
    home = np.empty((len(all_.born), 1 + _MOVES), dtype=np.int16)
    moved = np.full((len(all_.born), 1 + _MOVES), -(10**6), dtype=np.int32)
    day = np.maximum(family.leaves_home, all_.arrived).astype(np.float64)
    county = places().county
    for move in range(1 + _MOVES):
        anywhere = np.minimum(np.searchsorted(edges, draw.uniform("home.place", move)), len(edges) - 1)
        home[:, move] = anywhere
        if move:
            day = day + (0.5 + (5.0, 14.0, 25.0)[move - 1] * draw.exponential("home.stays", move)) * YEAR_DAYS
            moved[:, move] = np.minimum(day, NEVER)
            # Half of the moves end in the county where they began: of two draws, take the nearer.
            other = np.minimum(np.searchsorted(edges, draw.uniform("home.second", move)), len(edges) - 1)
            near = (county[other] == county[home[:, move - 1]]) | (other == home[:, move - 1])
            home[:, move] = np.where(near, other, anywhere)
    _near_mothers(all_, family, draw, home, moved)
    return Homes(home, moved)


def _near_mothers(all_: Everyone, family: Families, draw: Draw, home: npt.NDArray[np.int16], moved: Days) -> None:
    """Most who leave home stay where their mother lives; generation after generation."""
    stays = draw.chance("home.near", _STAYS_NEAR) & (family.mother > 0)
    waiting = np.flatnonzero(stays)
    settled = ~stays
    while len(waiting):
        mothers = family.mother[waiting]
        ready = settled[mothers]
        if not ready.any():
            return  # a mother younger than her child cannot be, so nothing is left to settle
        now, her = waiting[ready], mothers[ready]
        leaves = np.maximum(family.leaves_home[now], all_.arrived[now])
        step = (moved[her] <= leaves[:, None]).sum(axis=1) - 1
        home[now, 0] = home[her, step]
        settled[now] = True
        waiting = waiting[~ready]


def _spells(all_: Everyone, pid: Ints) -> tuple[Ints, Days, Days]:
    """The spells of residence of persons: position, first day, first day after, STOP at the latest."""
    gone = np.where(all_.died[pid] < NEVER, all_.died[pid] + 1, NEVER)
    back = np.flatnonzero(all_.back[pid] < STOP)
    row = np.concatenate([np.arange(len(pid)), back])
    start = np.concatenate([all_.arrived[pid], all_.back[pid[back]]])
    stop = np.concatenate([np.minimum(all_.left[pid], gone), np.minimum(all_.left_again[pid], gone)[back]])
    return row, start.astype(np.int32), np.minimum(stop, STOP).astype(np.int32)


def _cut(row: Ints, start: Days, stop: Days, cuts: npt.NDArray[np.integer]) -> tuple[Ints, Days, Days]:
    """Spells split at the days `cuts` (spells, k) that lie inside them: position of the spell, start, stop."""
    edges = np.concatenate([start[:, None], np.clip(cuts, start[:, None], stop[:, None]), stop[:, None]], axis=1)
    edges.sort(axis=1)
    begin, end = edges[:, :-1], edges[:, 1:]
    keep = begin < end
    return np.nonzero(keep)[0], begin[keep].astype(np.int32), end[keep].astype(np.int32)


def _merged(pieces: Pieces) -> Pieces:
    """Neighbouring spells of one person with the same value and kind become one."""
    order = np.lexsort((pieces.start, pieces.pid))
    p = pieces.where(order)
    same = np.zeros(len(p.pid), dtype=bool)
    same[1:] = (
        (p.pid[1:] == p.pid[:-1]) & (p.start[1:] == p.stop[:-1])
        & (p.value[1:] == p.value[:-1]) & (p.kind[1:] == p.kind[:-1])
    )  # fmt: skip
    first = np.flatnonzero(~same)
    last = np.append(first[1:], len(same)) - 1
    return Pieces(p.pid[first], p.start[first], p.stop[last], p.value[first], p.kind[first])


def household_pieces(all_: Everyone, family: Families, pid: Ints) -> Pieces:
    """The households of persons over their whole time in Norway."""
    row, start, stop = _spells(all_, pid)
    who = pid[row]
    mother, partner = family.mother[who], family.partner[who]
    woman = np.where(all_.sex[who] == 0, who, partner)
    cuts = np.stack([
        family.leaves_home[who], family.together[who], family.apart[who],
        family.first_child[woman], family.last_child_leaves[woman],
        *(column[mother] for column in (all_.arrived, all_.left, family.together, family.apart)),
        all_.died[mother].astype(np.int64) + 1,
    ], axis=1)  # fmt: skip
    spell, begin, end = _cut(row, start, stop, cuts)
    who = who[spell]
    value, kind = _state(all_, family, who, begin)
    return _merged(Pieces(who, begin, end, value, kind))


def _state(all_: Everyone, family: Families, who: Ints, on: Days) -> tuple[Ints, Ints]:
    """Household number and kind of each person on a day."""
    child = on < family.leaves_home[who]
    mother, father, partner = family.mother[who], family.father[who], family.partner[who]
    couple = family.couple_on(who, on)
    woman = np.where(all_.sex[who] == 0, who, np.where(couple, partner, 0))
    kids = (woman > 0) & (family.first_child[woman] <= on) & (on < family.last_child_leaves[woman])
    adult_kind = np.where(couple, np.where(kids, COUPLE_CHILDREN, COUPLE), np.where(kids, SINGLE_PARENT, ALONE))
    adult = np.where((all_.sex[who] == 1) & couple, partner, who)
    with_mother = (mother > 0) & all_.there(mother, on)
    with_father = ~with_mother & (father > 0) & all_.there(father, on)
    home = np.where(with_mother, mother, np.where(with_father, father, who))
    both = with_mother & family.couple_on(mother, on)
    child_kind = np.where(both, COUPLE_CHILDREN, np.where(with_mother | with_father, SINGLE_PARENT, OTHER))
    return np.where(child, home, adult), np.where(child, child_kind, adult_kind)


def household_of(all_: Everyone, family: Families, pid: Ints, on: Days) -> Ints:
    """The household number of each person on a day."""
    return _state(all_, family, pid, on)[0]


def residence_pieces(moves: Homes, households: Pieces) -> Pieces:
    """The municipalities of persons: the home of their household, under the number of each time.

    value: place in places().codes; kind: the home itself.
    """
    where = np.arange(len(households.pid))
    spell, begin, end = _cut(where, households.start, households.stop, moves.moved[households.value][:, 1:])
    home = moves.on(households.value[spell], begin)
    lived = _merged(Pieces(households.pid[spell], begin, end, home, np.zeros_like(home)))
    here = places()
    cuts = np.broadcast_to(here.changes[1:], (len(lived.pid), len(here.changes) - 1))
    spell, begin, end = _cut(np.arange(len(lived.pid)), lived.start, lived.stop, cuts)
    home = lived.value[spell]
    return _merged(Pieces(lived.pid[spell], begin, end, here.code[home, era_of(begin)], home))
