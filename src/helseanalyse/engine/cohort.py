"""Who is in a study: the universe, the index date, each criterion in order with its count. Section 10 of the manual.

Persons are dropped between scans as early as the order of the criteria allows, so that later scans meet fewer of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from sqlglot import exp

from helseanalyse.engine import sql
from helseanalyse.engine.build import Build
from helseanalyse.engine.complete import all_leaves, completed, is_from_person_table, shares_a_scan
from helseanalyse.engine.frame import PID, Frame
from helseanalyse.engine.leaves import unknown_without
from helseanalyse.engine.scope import Scope
from helseanalyse.engine.sql import Sql, col, compare, relation
from helseanalyse.engine.stay import Stay, main_table, residence_table
from helseanalyse.study import nodes as n
from helseanalyse.study.specification import Criterion

INDEX = "With an index date in the study period"
LEFT = "persons"
_BITS = 16  # person numbers are dense from 1: a string of bits for each 65,536 of them is nearly full


Counted = tuple[str, tuple[tuple[str, str], ...]]  # an answer, and the kinds and names of the steps that it counts


@dataclass(frozen=True, slots=True)
class Cohort:
    """Who is left, and the answers that hold the counts of the steps."""

    frame: Frame
    counts: tuple[Counted, ...]


def universe_name(build: Build) -> str:
    """What the flow calls its first step."""
    if residence_table(build) is None:
        return "Everyone in the register"
    return f"Everyone resident between {build.study.start} and {build.study.end}"


def universe(build: Build) -> Frame:
    """Everyone resident at some time in the study; without residence periods, everyone in the register."""
    main = main_table(build)
    scope = Scope(relation(main.name, main.registry, "m"))
    where = None
    if (residence := residence_table(build)) is not None:
        stays = Scope(relation(residence.name, residence.registry, "r"))
        some_day = Stay.beside(stays, build).some_day(sql.day(build.study.start), build.study.start, build.study.end)
        # One bit a person takes a fourth of the time that a list of distinct persons takes.
        pid = stays.take("r", PID)
        outputs = {"chunk": _chunk(pid), "bits": sql.call("bitstring_agg", _place(pid), sql.number(0), _place_bits())}
        select = stays.select(outputs, where=some_day, group=[_chunk(pid)])
        residents = build.table("residents", select, "Who lived here at some time in the study, one bit a person.")
        scope.join(relation(residents, alias="b"), compare(col("chunk", "b"), "==", _chunk(col(PID, "m"))))
        bit = sql.call("get_bit", scope.take("b", "bits"), _place(scope.take("m", PID)))
        where = compare(bit, "==", sql.number(1))
    if build.excluded is not None:
        scope.join(relation(build.excluded, alias="x"), compare(col(PID, "x"), "==", col(PID, "m")), "anti")
    select = scope.select({PID: scope.take("m", PID)}, where=where)
    table = build.table("universe", select, f"{universe_name(build)}.")
    return Frame(table, family=table, everyone=True)


def _chunk(pid: Sql) -> Sql:
    """Which string of bits a person's bit is in: one for each 65,536 persons."""
    return sql.cast(exp.BitwiseRightShift(this=pid.copy(), expression=sql.number(_BITS)), "INTEGER")


def _place(pid: Sql) -> Sql:
    """The place of a person's bit in its string."""
    return sql.cast(exp.BitwiseAnd(this=pid.copy(), expression=_place_bits()), "INTEGER")


def _place_bits() -> Sql:
    return sql.number((1 << _BITS) - 1)


def cohort(build: Build, later: Sequence[n.Node]) -> Cohort:
    """The persons of the study. later: what else will be asked of them, so that scans can be shared."""
    frame = universe(build)
    counted = build.answer(
        "count universe", sql.query({LEFT: sql.count_rows()}, relation(frame.table)), "The first step of the flow."
    )
    counts: list[Counted] = [(counted, (("universe", universe_name(build)),))]
    study = build.study
    if study.index is not None:
        frame = _with_index(frame, study.index, build)
        counted = build.answer(
            "count index", sql.query({LEFT: sql.count_rows()}, relation(frame.table)), "The second step of the flow."
        )
        counts.append((counted, (("index", INDEX),)))
    criteria = list(study.criteria)
    while criteria:
        simple = _prefix(criteria, frame)
        now = simple or criteria
        also = [] if simple else shares_a_scan([one.holds for one in now], later, frame, build)
        frame = completed(frame, [*(one.holds for one in now), *also], build)
        counts.append(_counted(frame, now, build))
        frame = _narrowed(frame, now, build)
        criteria = criteria[len(now) :]
    return Cohort(frame, tuple(counts))


def _with_index(frame: Frame, index: n.Series, build: Build) -> Frame:
    """Persons whose index date is known and within the study."""
    frame = completed(frame, [index], build, unless=partial(unknown_without, index))
    scope = frame.scope()
    day = frame.place(scope, build.codes).once(index)
    within = sql.both(
        [compare(day, ">=", sql.day(build.study.start)), compare(day.copy(), "<=", sql.day(build.study.end))]
    )
    return _only(frame, scope, within, build, "indexed", f"{INDEX}.")


def _prefix(criteria: Sequence[Criterion], frame: Frame) -> list[Criterion]:
    """The first criteria that need no scan of events."""
    found = []
    for criterion in criteria:
        missing = [leaf for leaf in all_leaves([criterion.holds]) if leaf not in frame.columns]
        if not all(is_from_person_table(leaf) for leaf in missing):
            break
        found.append(criterion)
    return found


def _holds(criterion: Criterion, value: Sql) -> Sql:
    """Whether a person stays: require keeps those for whom it is true, exclude drops exactly those."""
    true = sql.if_null(value, sql.FALSE.copy())
    return true if criterion.kind == "require" else sql.negated(true)


def _counted(frame: Frame, criteria: Sequence[Criterion], build: Build) -> Counted:
    """The answer with the number of persons left after each criterion, one column each."""
    scope = frame.scope()
    place = frame.place(scope, build.codes)
    stays = [scope.bind(_holds(one, place.value(one.holds)), "stays") for one in criteria]
    outputs = {
        f"{LEFT}_{number}": sql.count_rows(sql.both(sql.every(stays[: number + 1]))) for number in range(len(stays))
    }
    name = build.answer(
        "count criteria", scope.select(outputs), f"The flow: {'; '.join(one.name for one in criteria)}."
    )
    return name, tuple((one.kind, one.name) for one in criteria)


def _narrowed(frame: Frame, criteria: Sequence[Criterion], build: Build) -> Frame:
    scope = frame.scope()
    place = frame.place(scope, build.codes)
    stays = sql.both([_holds(one, place.value(one.holds)) for one in criteria])
    return _only(frame, scope, stays, build, "left", "Persons whom every criterion so far leaves.")


def _only(frame: Frame, scope: Scope, where: Sql, build: Build, name: str, why: str) -> Frame:
    outputs: dict[str, Sql] = {key: scope.take("f", key) for key in (*frame.keys, *frame.more)}
    outputs |= {column: scope.take("f", column) for column in frame.columns.values()}
    table = build.table(name, scope.select(outputs, where=where), why)
    return replace(frame, table=table, everyone=False)
