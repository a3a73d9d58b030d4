"""Values that a row takes from other rows of the same person, as steps with one value a row (section 9)."""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from helseanalyse.catalogue.model import Kind
from helseanalyse.engine import sql
from helseanalyse.engine.aggregates import summary, there_is
from helseanalyse.engine.arithmetic import days_after
from helseanalyse.engine.build import Build
from helseanalyse.engine.covers import time_of
from helseanalyse.engine.errors import OVERLAP
from helseanalyse.engine.frame import Frame
from helseanalyse.engine.gathers import domain_of
from helseanalyse.engine.leaves import Source
from helseanalyse.engine.near import stands_alone
from helseanalyse.engine.picks import row_key
from helseanalyse.engine.rows import ROW, Driver, Made, Scan, driver_of, row_values_made
from helseanalyse.engine.sql import Sql, case, col, compare, derived, ordered, window
from helseanalyse.study import nodes as n

OTHER = "other"  # the row id of the other table


def _rows(source: Source, values: dict[str, n.Series], frame: Frame, build: Build, row: str = ROW) -> exp.Select:
    """The rows of a source, each once: the keys of the frame, the row id and some values."""
    driver = driver_of(source, values.values(), build)
    if driver.long is not None and not driver.main_only:
        driver = Driver()
    scan = Scan(source, driver, frame, build)
    outputs = {**scan.keys(), row: scan.row_id(), **{name: scan.place.value(one) for name, one in values.items()}}
    return scan.scope.select(outputs, where=scan.restricted())


def _pairs(asked: exp.Select, others: exp.Select, fitting: Sequence[Sql], frame: Frame, value: Sql) -> exp.Select:
    """One value for each asking row over the other rows that fit it: the keys, row and value."""
    keys = [col(key, "a") for key in (*frame.keys, ROW)]
    select = sql.query({**{key.name: key for key in keys}, "value": value}, derived(asked, "a"), group=sql.every(keys))
    same = [compare(col(key, "a"), "==", col(key, "o")) for key in frame.keys]
    return sql.join(select, derived(others, "o"), sql.both([*same, *fitting]))


@row_values_made.register
def _look_up(node: n.LookUp, source: Source, frame: Frame, build: Build) -> tuple[Made, Sql | None]:
    since, until = time_of(node.value.of, build)
    table = n.Column(Source.of(node.value.of).table, node.value.name, node.value.value_type)
    wanted: dict[str, n.Series] = {"since": since, "value": table}
    if until is not None:
        wanted["until"] = until
    asked = _rows(source, {"asked": node.at}, frame, build)
    others = _rows(Source.of(node.value.of), wanted, frame, build, OTHER)
    at, start, stop = col("asked", "a"), col("since", "o"), col("until", "o")
    if node.how == "covering":
        runs = sql.either([sql.is_null(stop), compare(at, "<", stop.copy())])
        fitting = [compare(start, "<=", at.copy()), runs]
    else:
        fitting = [compare(start, "<=" if node.how == "on_or_before" else "<", at)]
        if node.max_age is not None:
            fitting.append(compare(start.copy(), ">=", days_after(at.copy(), -node.max_age)))
    found = sql.call("arg_max_null", col("value", "o"), row_key(start.copy(), col(OTHER, "o")))
    if stands_alone(node):
        several = compare(sql.count_rows(), ">", sql.number(1))
        found = case((several, sql.failure(OVERLAP)), otherwise=found)
    select = _pairs(asked, others, fitting, frame, found)
    why = f"The {node.value.name} that holds on the date of each row ({node.how.replace('_', ' ')})."
    return Made(build.table(f"{node.value.name} then", select, why), frame.keys), None


@row_values_made.register
def _near(node: n.Near, source: Source, frame: Frame, build: Build) -> tuple[Made, Sql | None]:
    asked = _rows(source, {"asked": node.at}, frame, build)
    wanted = {"dated": node.date} | ({"value": node.value} if node.value is not None else {})
    others = _rows(Source.of(domain_of(node.date)), wanted, frame, build, OTHER)
    at, dated = col("asked", "a"), col("dated", "o")
    fitting = [
        compare(dated, ">=", days_after(at, node.low)),
        compare(dated.copy(), "<=", days_after(at.copy(), node.high)),
    ]
    absent: Sql | None
    if node.how == "exists":
        value, absent = there_is(None), sql.FALSE.copy()
    elif node.how == "count" or node.value is None:
        value, absent = sql.count_rows(), sql.constant(0)
    else:
        value, absent = summary(node.how, col("value", "o"), None, floats=node.value.type.kind is Kind.FLOAT), None
    select = _pairs(asked, others, fitting, frame, value)
    why = f"{node.how} of the other rows dated {node.low} to {node.high} days after each row."
    return Made(build.table("near", select, why), frame.keys), absent


@row_values_made.register
def _in_set(node: n.InSet, source: Source, frame: Frame, build: Build) -> tuple[Made, Sql | None]:
    asked = _rows(source, {"asked": node.of}, frame, build)
    members = _rows(Source.of(domain_of(node.members)), {"member": node.members}, frame, build, OTHER)
    member = col("member", "o")
    same = sql.call("bool_or", compare(col("asked", "a"), "==", member))
    select = _pairs(asked, members, [sql.is_known(member.copy())], frame, same)
    why = "Whether the value of each row is among the known values of other rows; in an empty set nothing is."
    return Made(build.table("among", select, why), frame.keys), sql.FALSE.copy()


@row_values_made.register
def _previous(node: n.Previous, source: Source, frame: Frame, build: Build) -> tuple[Made, Sql | None]:
    sorted_rows = Source.of(node.of)
    driver = driver_of(sorted_rows, [node.value], build)
    if driver.long is not None and not driver.main_only:
        driver = Driver()
    scan = Scan(sorted_rows, driver, frame, build)
    keys = scan.keys()
    order = [ordered(scan.place.once(one)) for one in sorted_rows.order]
    before = sql.call("lag", scan.place.value(node.value))
    value = window(before, list(keys.values()), [*order, ordered(scan.row_id())])
    select = scan.scope.select({**keys, ROW: scan.row_id(), "value": value}, where=scan.restricted())
    return Made(
        build.table("previous", select, "The value on the row before each row, in the order asked for."), frame.keys
    ), None
