"""Who is in a study: the universe, the index date, each criterion in order with its count. Section 10 of the manual.

Persons are dropped between scans as early as the order of the criteria allows, so that later scans meet fewer of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from helseanalyse.catalogue.model import Table as Described
from helseanalyse.engine import sql
from helseanalyse.engine.arithmetic import days_after
from helseanalyse.engine.build import Build
from helseanalyse.engine.complete import all_leaves, completed, is_from_person_table, shares_a_scan
from helseanalyse.engine.frame import PID, Frame
from helseanalyse.engine.leaves import unknown_without
from helseanalyse.engine.scope import Scope
from helseanalyse.engine.sql import Sql, case, col, compare, relation
from helseanalyse.study import nodes as n
from helseanalyse.study.specification import Criterion

INDEX = "With an index date in the study period"
RESIDENCE = "residence"  # the period table of the universe registry that says who lives in the country
LEFT = "persons"


Counted = tuple[str, tuple[tuple[str, str], ...]]  # an answer, and the kinds and names of the steps that it counts


@dataclass(frozen=True, slots=True)
class Cohort:
    """Who is left, and the answers that hold the counts of the steps."""

    frame: Frame
    counts: tuple[Counted, ...]


def main_table(build: Build) -> Described:
    """The table with one row for everyone who exists."""
    universe = build.catalogue.universe
    return universe.table(universe.main)


def residence_table(build: Build) -> Described | None:
    """The periods of residence, where the universe registry has them."""
    for table in build.catalogue.universe.tables:
        if table.name == RESIDENCE and table.start and table.stop:
            return table
    return None


def universe_name(build: Build) -> str:
    """What the flow calls its first step."""
    if residence_table(build) is None:
        return "Everyone in the register"
    return f"Everyone resident between {build.study.start} and {build.study.end}"


def resident(build: Build, scope: Scope, residence: Described, main: Described) -> tuple[Sql, Sql]:
    """First day and the day after the last (unknown: still there) of a row `r` of residence, beside the person `m`.

    Who dies stops after the day of death, unless he or she had moved out before.
    """
    assert residence.start is not None
    assert residence.stop is not None
    for column in (residence.start, residence.stop):
        build.reads(residence.registry, residence.name, column)
    start, out = scope.take("r", residence.start, "start"), scope.take("r", residence.stop, "moved_out")
    if not main.has("died_on"):
        return start, out
    build.reads(main.registry, main.name, "died_on")
    died = scope.take("m", "died_on")
    not_before = sql.either([sql.is_null(out.copy()), compare(out.copy(), ">=", died)])
    by_death = sql.both([sql.is_known(died.copy()), not_before])
    return start, scope.bind(case((by_death, days_after(died.copy(), 1)), otherwise=out), "stop")


def universe(build: Build) -> Frame:
    """Everyone resident at some time in the study; without residence periods, everyone in the register."""
    main, residence = main_table(build), residence_table(build)
    if residence is None:
        scope = Scope(relation(main.name, main.registry, "m"))
        where, pid = None, scope.take("m", PID)
    else:
        scope = Scope(relation(residence.name, residence.registry, "r"))
        scope.join(relation(main.name, main.registry, "m"), compare(col(PID, "m"), "==", col(PID, "r")))
        start, stop = resident(build, scope, residence, main)
        begun = compare(start, "<=", sql.day(build.study.end))
        not_over = sql.both([compare(stop, ">", sql.day(build.study.start)), compare(stop.copy(), ">", start.copy())])
        where = sql.both([begun, sql.either([sql.is_null(stop.copy()), not_over])])
        pid = scope.take("r", PID)
    if build.excluded is not None:
        scope.join(
            relation(build.excluded, alias="x"), compare(col(PID, "x"), "==", col(PID, pid_alias(residence))), "anti"
        )
    select = scope.select({PID: pid}, where=where, distinct=residence is not None)
    table = build.table("universe", select, f"{universe_name(build)}.")
    return Frame(table, family=table, everyone=True)


def pid_alias(residence: Described | None) -> str:
    """The relation that the person number of the universe comes from."""
    return "m" if residence is None else "r"


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
