"""Which counts to hide, so that no small one is shown and none can be worked out from a total.

Counts are shown, or hidden; nothing is changed. These are pure functions of counts and `least`,
and every table of the checked profile is decided here.
"""

from __future__ import annotations

from collections.abc import Sequence


def small(count: int, least: int) -> bool:
    """Whether a count is of somebody, but of fewer than `least`.

    >>> [small(n, 5) for n in (0, 1, 4, 5)]
    [False, True, True, False]
    """
    return 0 < count < least


def hide_small(
    counts: Sequence[int], least: int, *, total_known: bool = True, also: Sequence[bool] | None = None
) -> list[bool]:
    """True for each count to hide, among counts whose sum is known (or is not: total_known=False).

    Small counts are hidden. From a known sum the hidden ones together are known; whoever takes each
    of them to be at least 1 knows that none is above `together - (how many - 1)`. That must reach `least`,
    or the hidden counts are known to be small, or known exactly. So the smallest shown count above 0 is
    hidden too, until it does. Equal counts are hidden in the order of the table. `also` marks counts that must be
    hidden for a reason of their own.

    >>> hide_small([40, 57], 5), hide_small([3, 40, 57], 5), hide_small([1, 1, 57], 5)
    ([False, False], [True, True, False], [True, True, True])
    >>> hide_small([3, 40, 57], 5, total_known=False)
    [True, False, False]
    """
    hidden = [small(count, least) for count in counts]
    if also is not None:
        hidden = [one or other for one, other in zip(hidden, also, strict=True)]
    if not any(hidden) or not total_known:
        return hidden
    rest = sorted((count, place) for place, count in enumerate(counts) if count >= least and not hidden[place])
    for _, place in rest:
        if sum(hidden) > 1 and _reach(counts, hidden) >= least:
            break
        hidden[place] = True
    if sum(hidden) == 1 or _reach(counts, hidden) < least:
        # Nothing is left to hide behind: zeros go too, so that one cannot tell which are zero.
        return [True] * len(counts)
    return hidden


def _reach(counts: Sequence[int], hidden: Sequence[bool]) -> int:
    """The most that one of the hidden counts can be, to whoever knows their sum."""
    inside = [count for count, is_hidden in zip(counts, hidden, strict=True) if is_hidden]
    return sum(inside) - (len(inside) - 1)


def hide_steps(persons: Sequence[int], least: int) -> list[bool]:
    """True for each count of a flow to hide: shown counts are never small, nor differ by a small number.

    The last count is the study's population and stands in every other table, so it is kept where it can
    be, and steps before it are hidden instead.

    >>> hide_steps([1000, 800, 798, 300], 5)
    [False, True, False, False]
    >>> hide_steps([1000, 800, 300, 3], 5)
    [False, False, False, True]
    """
    hidden = [small(count, least) for count in persons]
    following: int | None = None
    for place in range(len(persons) - 1, -1, -1):
        if hidden[place]:
            continue
        if following is not None and small(persons[place] - following, least):
            hidden[place] = True
        else:
            following = persons[place]
    return hidden


def everyone_alike(counts: Sequence[int], harmless: Sequence[bool]) -> bool:
    """Group disclosure: whether one level that is not harmless holds everyone of a group of at least one.

    harmless marks levels that say nothing about a person when all have them, such as "no" and "unknown".

    >>> everyone_alike([0, 12], [True, False]), everyone_alike([12, 0], [True, False])
    (True, False)
    """
    everyone = sum(counts)
    return everyone > 0 and any(
        count == everyone and not is_harmless for count, is_harmless in zip(counts, harmless, strict=True)
    )
