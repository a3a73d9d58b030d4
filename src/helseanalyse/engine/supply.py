"""Exposure episodes from dispensings as steps: methods.md section 5.

Without a cap on what is carried over, the end of the i-th supply has a closed form: with Q_i the running sum of days,
e_i = Q_i + max over j <= i of (s_j - Q_{j-1}); two window functions, no recursion. With a cap there is none: the
supplies are numbered, and one recursive query goes from the first supplies of all persons to the second, and so on.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from sqlglot import exp

from helseanalyse.catalogue.model import Kind
from helseanalyse.engine import sql
from helseanalyse.engine.aggregates import exact_total
from helseanalyse.engine.arithmetic import days_after
from helseanalyse.engine.build import Build
from helseanalyse.engine.errors import EngineError
from helseanalyse.engine.frame import Frame
from helseanalyse.engine.leaves import Source
from helseanalyse.engine.periods import between_turns, merged
from helseanalyse.engine.rows import Driver, Made, Scan, driver_of, periods_made
from helseanalyse.engine.sql import Sql, call, col, compare, derived, ordered, relation, window
from helseanalyse.study import nodes as n
from helseanalyse.study.types import DATE

ORIGIN = "1970-01-01"  # what days are counted from inside these steps


@periods_made.register
def _supply(node: n.Supply, frame: Frame, build: Build) -> Made:
    return exposed(node, frame, build)


def exposed(node: n.Supply, frame: Frame, build: Build, until: date | None = None) -> Made:
    """A step with the exposure episodes of a frame's persons.

    until: the last day that is asked about. A later dispensing tells something of it only by ending a gap of at most
    `grace` days, so that those further on are not read.
    """
    if until is not None:
        until = min(until, date.max - timedelta(days=node.grace)) + timedelta(days=node.grace)
    days = build.table(
        "supplies", _daily(node, frame, build, until), "Days of use supplied to each person on each day."
    )
    why = f"{_says(node)} Supplies at most {node.grace} days apart are one episode."
    joined = build.table("exposed", _joined(node, days, frame, build), why)
    extension = node.extension
    if extension > node.grace:
        longer = merged(_extended(joined, node, frame), frame.keys)
        joined, extension = build.table("exposed", longer, "Episodes with their extension, merged."), 0
    if node.minimum == 1 and extension == 0 and node.lag == 0:
        return Made(joined, frame.keys)
    return Made(_moved(joined, days, extension, node, frame, build), frame.keys)


def _says(node: n.Supply) -> str:
    if not node.carry_over:
        return "Each supply lasts from its day for its days of use."
    cap = "" if node.cap is None else f", at most {node.cap} days of it"
    return f"Each supply lasts from its day; what is left of the one before is used first{cap}."


def _daily(node: n.Supply, frame: Frame, build: Build, until: date | None) -> exp.Select:
    """keys, substance (if any), day (counted from ORIGIN), days: one row a person, substance and day."""
    series = [node.start, node.days, *([node.substance] if node.substance else [])]
    domains = [one.domain for one in series if one.domain is not None]
    if not domains:
        raise EngineError(
            "Exposure episodes are made from dispensings, many rows a person. Give a column of such a table."
        )
    wanted: list[n.Series] = [n.Not(n.IsNull(node.start)), n.Not(n.IsNull(node.days))]
    if until is not None:
        wanted.append(n.Compare("<=", node.start, n.Constant(until, DATE)))
    source = Source.of(n.Filter(domains[0], n.And(tuple(wanted))))
    driver = driver_of(source, series, build)
    if driver.long is not None and not driver.main_only:
        driver = Driver()  # a long table may hold a row twice
    scan = Scan(source, driver, frame, build)
    start, days = scan.place.once(node.start), scan.place.once(node.days)
    substance = {"substance": scan.place.once(node.substance)} if node.substance else {}
    where = scan.restricted()
    floats = node.days.type.kind is Kind.FLOAT
    total = call("ceil", exact_total(days, None)) if floats else exp.Sum(this=days)
    keys = scan.keys()
    outputs: dict[str, Sql] = {
        **keys,
        **substance,
        "day": sql.cast(sql.compute(start, "-", sql.day(ORIGIN)), "INTEGER"),
        # Rounded up only when the supplies of a day are summed, and at least a day.
        "days": sql.greatest(sql.number(1), sql.cast(total, "INTEGER")),
    }
    parts = [*substance.values(), start]
    group = [
        *(col(key.name) for key in keys.values()),
        *(part.copy() for part in parts if isinstance(part, exp.Column)),
    ]
    return scan.scope.select(outputs, where=where, group=group)


def _joined(node: n.Supply, days: str, frame: Frame, build: Build) -> exp.Select:
    """keys, start, stop of each episode."""
    keys = {key: col(key) for key in frame.keys}
    if node.carry_over and node.cap is None and node.substance is None:
        return _carried_over(node.grace, days, frame)
    if node.carry_over and node.cap is not None:
        by_substance = _capped(node, days, frame, build)
        pieces = derived(by_substance, "t")
    elif node.carry_over:
        placed = _placed(days, [*frame.keys, "substance"])
        stop = sql.compute(col("used"), "+", sql.greatest(col("slack"), col("before")))
        pieces = derived(
            sql.query({**keys, "start": _date(col("day")), "stop": _date(stop)}, derived(placed, "t")), "t"
        )
    else:
        stop = sql.compute(col("day"), "+", col("days"))
        pieces = derived(sql.query({**keys, "start": _date(col("day")), "stop": _date(stop)}, relation(days)), "t")
    return merged(pieces, frame.keys, touching=node.grace)


def _placed(days: str, by: Sequence[str]) -> exp.Select:
    """The supplies of each clock in order.

    used: days used up to and with this supply. slack: the latest day on which this supply could have begun, had all
    before it been used without a pause. before: the greatest slack of the supplies before, or unknown for the first.
    """
    names = [*by, "day", "days"]
    keys = [col(key) for key in by]
    total = window(exp.Sum(this=col("days")), keys, [ordered(col("day"))], "so far")
    running = sql.query({**{name: col(name) for name in names}, "used": sql.cast(total, "BIGINT")}, relation(days))
    slack = sql.compute(col("day"), "-", sql.compute(col("used"), "-", col("days")))
    with_slack = sql.query([exp.Star(), sql.named(slack, "slack")], derived(running, "t"))
    before = window(exp.Max(this=col("slack")), sql.every(keys), [ordered(col("day"))], "before")
    is_last = sql.is_null(window(call("lead", col("day")), sql.every(keys), [ordered(col("day"))]))
    return sql.query([exp.Star(), sql.named(before, "before"), sql.named(is_last, "is_last")], derived(with_slack, "t"))


def _carried_over(grace: int, days: str, frame: Frame) -> exp.Select:
    """Episodes on one clock: a supply begins one if it comes more than `grace` days after what all before it reach."""
    placed = _placed(days, frame.keys)
    reached = sql.compute(sql.compute(col("used"), "-", col("days")), "+", col("before"))
    furthest = sql.compute(col("used"), "+", sql.greatest(col("slack"), col("before")))
    gap = compare(col("slack"), ">", sql.compute(col("before"), "+", sql.number(grace)))
    turns = sql.query(
        {
            **{key: col(key) for key in frame.keys},
            "start": _date(col("day")),
            "reached": _date(reached),
            "furthest": _date(furthest),
            "is_new": sql.either([sql.is_null(col("before")), gap]),
            "is_last": col("is_last"),
        },
        derived(placed, "t"),
    )
    return between_turns(turns, frame.keys)


def _capped(node: n.Supply, days: str, frame: Frame, build: Build) -> exp.Select:
    """e_i = s_i + q_i + min(cap, max(0, e_{i-1} - s_i)), from each supply of a person to the next."""
    assert node.cap is not None
    keys = {key: col(key) for key in frame.keys}
    clock = [*frame.keys, *(["substance"] if node.substance else [])]
    place = window(call("row_number"), [col(key) for key in clock], [ordered(col("day"))])
    columns = {**{name: col(name) for name in (*clock, "day", "days")}, "place": place}
    placed = sql.query(columns, relation(days))
    # In this order each round of the recursion reads only the supplies of its own place.
    placed.set("order", exp.Order(expressions=[ordered(col("place"))]))
    supplies = build.table("supplies", placed, "The supplies of each person, numbered in order.")
    first = sql.query(
        {**{name: col(name) for name in (*clock, "place", "day")}, "stop": _first_stop()},
        relation(supplies),
        where=compare(col("place"), "==", sql.number(1)),
    )
    left_over = sql.least(
        sql.number(node.cap), sql.greatest(sql.number(0), sql.compute(col("stop", "b"), "-", col("day", "s")))
    )
    stop = sql.compute(sql.compute(col("day", "s"), "+", col("days", "s")), "+", left_over)
    following = sql.query(
        {
            **{key: col(key, "s") for key in (*clock, "place", "day")},
            "stop": stop,
        },
        relation("used", alias="b"),
    )
    same = [exp.NullSafeEQ(this=col(key, "s"), expression=col(key, "b")) for key in clock]
    next_place = compare(col("place", "s"), "==", sql.compute(col("place", "b"), "+", sql.number(1)))
    sql.join(following, relation(supplies, alias="s"), sql.both([*same, next_place]))
    select = sql.query({**keys, "start": _date(col("day")), "stop": _date(col("stop"))}, relation("used"))
    recursion = exp.Union(this=first, expression=following, distinct=False)
    used = exp.CTE(this=recursion, alias=exp.TableAlias(this=sql.identifier("used")))
    select.set("with_", exp.With(expressions=[used], recursive=True))
    return select


def _first_stop() -> Sql:
    return sql.compute(col("day"), "+", col("days"))


def _date(days: Sql) -> Sql:
    return days_after(sql.day(ORIGIN), days)


def _extended(joined: str, node: n.Supply, frame: Frame) -> Sql:
    columns: dict[str, Sql] = {key: col(key) for key in frame.keys}
    columns |= {"start": col("start"), "stop": days_after(col("stop"), node.extension)}
    return derived(sql.query(columns, relation(joined)), "t")


def _moved(joined: str, days: str, extension: int, node: n.Supply, frame: Frame, build: Build) -> str:
    """Episodes with what is added after the last supply, from the dispensing that makes a person exposed, lagged."""
    begin: Sql = col("start", "e")
    stop = days_after(col("stop", "e"), extension)
    select = sql.query({}, relation(joined, alias="e"))
    if node.minimum > 1:
        sql.join(select, derived(_nth_day(days, node.minimum, frame), "b"), _same_keys(frame, "e", "b"))
        begin = sql.greatest(begin, col("begin", "b"))
        select.set("where", exp.Where(this=compare(stop.copy(), ">", col("begin", "b"))))
    columns: dict[str, Sql] = {key: col(key, "e") for key in frame.keys}
    columns |= {"start": days_after(begin, node.lag), "stop": days_after(stop, node.lag)}
    select.set("expressions", [sql.named(of, name) for name, of in columns.items()])
    why = f"From dispensing number {node.minimum} on, {node.extension} days after the last one, {node.lag} days later."
    return build.table("exposed", select, why)


def _nth_day(supplies: str, minimum: int, frame: Frame) -> exp.Select:
    """The day of the minimum-th dispensing, whatever its substance; persons with fewer are left out."""
    keys = {key: col(key) for key in frame.keys}
    days = sql.query({**keys, "day": col("day")}, relation(supplies), distinct=True)
    place = window(call("row_number"), list(sql.every(keys.values())), [ordered(col("day"))])
    placed = sql.query({**keys, "day": col("day"), "place": place}, derived(days, "t"))
    return sql.query(
        {**keys, "begin": _date(col("day"))},
        derived(placed, "t"),
        where=compare(col("place"), "==", sql.number(minimum)),
    )


def _same_keys(frame: Frame, left: str, right: str) -> Sql:
    return sql.both(compare(col(key, left), "==", col(key, right)) for key in frame.keys)
