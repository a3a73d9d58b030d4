"""What each operation that gives one value a person means. Sections 4, 6 and 8 of the manual."""

from __future__ import annotations

from helseanalyse.engine.reference import periods as p
from helseanalyse.engine.reference.data import Value
from helseanalyse.engine.reference.meaning import At, dates_of, day, periods_of, rows_of, value_of, values_of
from helseanalyse.engine.reference.summary import summary
from helseanalyse.study import nodes as n


@value_of.register
def exists(node: n.Exists, at: At) -> Value:
    """Whether the person has a row."""
    return len(rows_of(node.of, at)) > 0


@value_of.register
def count(node: n.Count, at: At) -> Value:
    """The number of rows."""
    return len(rows_of(node.of, at))


@value_of.register
def aggregate(node: n.Aggregate, at: At) -> Value:
    """Section 4, over the values of the person's rows."""
    return summary(node.how, values_of(node.of, at))


@value_of.register
def count_episodes(node: n.CountEpisodes, at: At) -> Value:
    """Section 6: the number of episodes; 0 without dates."""
    return len(p.episodes(dates_of(node.of, at), node.max_gap))


@value_of.register
def covered_days(node: n.CoveredDays, at: At) -> Value:
    """Section 8: each covered day once; unknown if a period still runs."""
    days = sum(stop - start for start, stop in p.merged(periods_of(node.of, at)))
    return None if days == p.FOREVER else int(days)


@value_of.register
def covers(node: n.Covers, at: At) -> Value:
    """Section 8: whether a period holds the date."""
    asked = day(node.date, at)
    return None if asked is None else p.contains(periods_of(node.of, at), asked)


@value_of.register
def covers_all(node: n.CoversAll, at: At) -> Value:
    """Section 8: whether the periods cover every day from first to last."""
    first, last = day(node.first, at), day(node.last, at)
    if first is None or last is None:
        return None
    asked = (first.toordinal(), last.toordinal() + 1)
    return first > last or not p.difference([asked], periods_of(node.of, at))


@value_of.register
def overlaps(node: n.Overlaps, at: At) -> Value:
    """Section 8: whether some day is covered by both."""
    return len(p.intersection(periods_of(node.left, at), periods_of(node.right, at))) > 0


@value_of.register
def related(node: n.Related, at: At) -> Value:
    """The value for the related person; unknown where nobody is known, or nobody of the register."""
    other = value_of(node.by, at)
    if other not in at.data.persons:
        return None
    assert isinstance(other, int)
    return value_of(node.value, at.of(other))
