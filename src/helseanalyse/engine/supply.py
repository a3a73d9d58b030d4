"""Exposure episodes from dispensings as steps: methods.md section 5.

Without a cap on what is carried over, the end of the i-th supply has a closed form: with Q_i the running sum of days,
e_i = Q_i + max over j <= i of (s_j - Q_{j-1}); two window functions, no recursion. With a cap there is none: the
supplies are numbered, and one recursive query goes from the first supplies of all persons to the second, and so on.
"""

from __future__ import annotations

from sqlglot import exp

from helseanalyse.catalogue.model import Kind
from helseanalyse.engine import sql
from helseanalyse.engine.aggregates import exact_total
from helseanalyse.engine.arithmetic import days_after, whole
from helseanalyse.engine.build import Build
from helseanalyse.engine.errors import EngineError
from helseanalyse.engine.frame import Frame
from helseanalyse.engine.leaves import Source
from helseanalyse.engine.periods import merged
from helseanalyse.engine.rows import Driver, Made, Scan, driver_of, periods_made
from helseanalyse.engine.sql import Sql, call, col, compare, derived, ordered, relation, window
from helseanalyse.study import nodes as n

ORIGIN = "1970-01-01"  # what days are counted from inside these steps


@periods_made.register
def _supply(node: n.Supply, frame: Frame, build: Build) -> Made:
    daily = build.table(
        "supplies", _daily(node, frame, build), "What each person was supplied with each day, in days of use."
    )
    ends = build.table("supplied", _ends(node, daily, frame, build), _says(node))
    select = merged(relation(ends), frame.keys, touching=node.grace)
    joined = build.table("exposed", select, f"Supplies at most {node.grace} days apart are one episode.")
    if node.extension > node.grace:
        joined = build.table(
            "exposed", merged(_extended(joined, node, frame), frame.keys), "Episodes with their extension, merged."
        )
        extension = 0
    else:
        extension = node.extension
    if node.minimum == 1 and extension == 0 and node.lag == 0:
        return Made(joined, frame.keys)
    return Made(_moved(joined, daily, extension, node, frame, build), frame.keys)


def _says(node: n.Supply) -> str:
    if not node.carry_over:
        return "Each supply lasts from its day for its days of use."
    cap = "" if node.cap is None else f", at most {node.cap} days of it"
    return f"Each supply lasts from its day; what is left of the one before is used first{cap}."


def _daily(node: n.Supply, frame: Frame, build: Build) -> exp.Select:
    """keys, substance, day (counted from ORIGIN), days: one row a person, substance and day."""
    series = [node.start, node.days, *([node.substance] if node.substance else [])]
    domains = [one.domain for one in series if one.domain is not None]
    if not domains:
        raise EngineError(
            "Exposure episodes are made from dispensings, many rows a person. Give a column of such a table."
        )
    known = n.And((n.Not(n.IsNull(node.start)), n.Not(n.IsNull(node.days))))
    source = Source.of(n.Filter(domains[0], known))
    driver = driver_of(source, series, build)
    if driver.long is not None and not driver.main_only:
        driver = Driver()  # a long table may hold a row twice
    scan = Scan(source, driver, frame, build)
    place = scan.place
    start, days = place.once(node.start), place.once(node.days)
    substance = place.once(node.substance) if node.substance else sql.constant("")
    where = scan.restricted()
    floats = node.days.type.kind is Kind.FLOAT
    total = exact_total(days, None) if floats else exp.Sum(this=days)
    keys = scan.keys()
    outputs: dict[str, Sql] = {
        **keys,
        "substance": substance,
        "day": whole(sql.compute(start, "-", sql.day(ORIGIN))),
        # Rounded up only when the supplies of a day are summed, and at least a day.
        "days": sql.greatest(sql.constant(1), whole(call("ceil", total) if floats else total)),
    }
    group = [
        *(col(key.name) for key in keys.values()),
        *(part.copy() for part in (substance, start) if _is_column(part)),
    ]
    return scan.scope.select(outputs, where=where, group=group)


def _is_column(part: Sql) -> bool:
    return isinstance(part, exp.Column)


def _ends(node: n.Supply, daily: str, frame: Frame, build: Build) -> exp.Select:
    """keys, start, stop of each supply."""
    if node.carry_over and node.cap is not None:
        return _capped(node.cap, daily, frame, build)
    keys = {key: col(key) for key in frame.keys}
    by = [*keys.values(), col("substance")]
    if not node.carry_over:
        stop: Sql = sql.compute(col("day"), "+", col("days"))
        return sql.query({**keys, "start": _date(col("day")), "stop": _date(stop)}, relation(daily))
    so_far = window(exp.Sum(this=col("days")), sql.every(by), [ordered(col("day"))], "so far")
    running = sql.query(
        {**keys, "substance": col("substance"), "day": col("day"), "days": col("days"), "q": so_far}, relation(daily)
    )
    # The latest day on which this supply could have begun, had all before it been used up.
    slack = sql.compute(col("day"), "-", sql.compute(col("q"), "-", col("days")))
    latest = window(exp.Max(this=slack), sql.every(by), [ordered(col("day"))], "so far")
    stop = sql.compute(col("q"), "+", latest)
    return sql.query({**keys, "start": _date(col("day")), "stop": _date(stop)}, derived(running, "t"))


def _capped(cap: int, daily: str, frame: Frame, build: Build) -> exp.Select:
    """e_i = s_i + q_i + min(cap, max(0, e_{i-1} - s_i)), from each supply of a person to the next."""
    keys = {key: col(key) for key in frame.keys}
    by = [*keys.values(), col("substance")]
    place = window(call("row_number"), sql.every(by), [ordered(col("day"))])
    columns = {**keys, "substance": col("substance"), "day": col("day"), "days": col("days"), "place": place}
    placed = sql.query(columns, relation(daily))
    # In this order each round of the recursion reads only the supplies of its own place.
    placed.set("order", exp.Order(expressions=[ordered(col("place"))]))
    supplies = build.table("supplies", placed, "The supplies of each person, numbered in order.")
    first = sql.query(
        {**keys, "substance": col("substance"), "place": col("place"), "day": col("day"), "stop": _first_stop()},
        relation(supplies),
        where=compare(col("place"), "==", sql.number(1)),
    )
    left_over = sql.least(
        sql.constant(cap), sql.greatest(sql.constant(0), sql.compute(col("stop", "b"), "-", col("day", "s")))
    )
    stop = sql.compute(sql.compute(col("day", "s"), "+", col("days", "s")), "+", left_over)
    following = sql.query(
        {
            **{key: col(key, "s") for key in (*keys, "substance", "place", "day")},
            "stop": stop,
        },
        relation("used", alias="b"),
    )
    same = [_same_keys(frame, "s", "b"), exp.NullSafeEQ(this=col("substance", "s"), expression=col("substance", "b"))]
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


def _moved(joined: str, daily: str, extension: int, node: n.Supply, frame: Frame, build: Build) -> str:
    """Episodes with what is added after the last supply, from the dispensing that makes a person exposed, lagged."""
    begin: Sql = col("start", "e")
    stop = days_after(col("stop", "e"), extension)
    select = sql.query({}, relation(joined, alias="e"))
    if node.minimum > 1:
        sql.join(select, derived(_nth_day(daily, node.minimum, frame), "b"), _same_keys(frame, "e", "b"))
        begin = sql.greatest(begin, col("begin", "b"))
        select.set("where", exp.Where(this=compare(stop.copy(), ">", col("begin", "b"))))
    columns: dict[str, Sql] = {key: col(key, "e") for key in frame.keys}
    columns |= {"start": days_after(begin, node.lag), "stop": days_after(stop, node.lag)}
    select.set("expressions", [sql.named(of, name) for name, of in columns.items()])
    why = f"From dispensing number {node.minimum} on, {node.extension} days after the last one, {node.lag} days later."
    return build.table("exposed", select, why)


def _nth_day(daily: str, minimum: int, frame: Frame) -> exp.Select:
    """The day of the minimum-th dispensing, whatever its substance; persons with fewer are left out."""
    keys = {key: col(key) for key in frame.keys}
    days = sql.query({**keys, "day": col("day")}, relation(daily), distinct=True)
    place = window(call("row_number"), list(sql.every(keys.values())), [ordered(col("day"))])
    placed = sql.query({**keys, "day": col("day"), "place": place}, derived(days, "t"))
    return sql.query(
        {**keys, "begin": _date(col("day"))},
        derived(placed, "t"),
        where=compare(col("place"), "==", sql.number(minimum)),
    )


def _same_keys(frame: Frame, left: str, right: str) -> Sql:
    return sql.both(compare(col(key, left), "==", col(key, right)) for key in frame.keys)
