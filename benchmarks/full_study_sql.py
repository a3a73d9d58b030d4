"""The study of `full_study_definition` as a person would write it in DuckDB SQL, for the same numbers.

It knows the data and the question, takes every short cut that a careful author would take, and is the mark that the
platform's own statements are held to. Codes are resolved against the dictionaries first, as there.
"""

from __future__ import annotations

from collections.abc import Sequence

import duckdb
from benchmarks.full_study_definition import CANCER, COMORBIDITIES

Rows = list[tuple[int, ...]]

SETTINGS = "SET threads=2; SET memory_limit='1GB'; SET disabled_optimizers='partitioned_execution'; SET enable_progress_bar=false;"


def codes(con: duckdb.DuckDBPyConnection, dictionary: str, prefixes: Sequence[str]) -> str:
    """The codes of a dictionary that begin with one of the prefixes, as an SQL list."""
    begins = " OR ".join(f"starts_with(code, '{prefix}')" for prefix in prefixes)
    found = con.execute(f"SELECT code FROM {dictionary} WHERE {begins} ORDER BY 1").fetchall()
    return ", ".join(f"'{code}'" for (code,) in found) or "''"


def answers(con: duckdb.DuckDBPyConnection) -> dict[str, Rows]:
    """flow, table, cells, persons and curve."""
    found: dict[str, Rows] = {"flow": _cohort(con)}
    _covariates(con)
    found["table"] = con.execute(_table_one()).fetchall()
    _exposure(con)
    found["cells"] = con.execute(_CELLS).fetchall()
    found["persons"] = con.execute(
        "SELECT on_drug * 3 + sex, count(DISTINCT pid) FROM pieces GROUP BY 1 ORDER BY 1"
    ).fetchall()
    found["curve"] = con.execute(
        "SELECT sex, 0, stop - start, cause, count(*) FROM followed GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    return found


def _cohort(con: duckdb.DuckDBPyConnection) -> Rows:
    statins = codes(con, "lmr.dispensing__atc__dictionary", ["C10AA"])
    icd = "npr.episode__any_diagnosis__dictionary"
    mi, stroke, cancer = (
        codes(con, icd, list(prefixes)) for prefixes in (("I21", "I22"), ("I61", "I63", "I64"), CANCER)
    )
    con.execute(
        f"""CREATE TEMP TABLE first_statin AS SELECT pid, min(dispensed_on) AS d0 FROM lmr.dispensing
        WHERE atc IN ({statins}) GROUP BY pid HAVING min(dispensed_on) BETWEEN DATE '2013-01-01' AND DATE '2020-12-31'"""
    )
    effective = """CASE WHEN p.died_on IS NOT NULL AND (r.moved_out_on IS NULL OR r.moved_out_on >= p.died_on)
        THEN p.died_on + 1 ELSE coalesce(r.moved_out_on, DATE '9999-12-31') END"""
    con.execute(
        f"""CREATE TEMP TABLE everyone AS SELECT DISTINCT r.pid FROM population.residence r JOIN population.person p
        ON p.pid = r.pid WHERE r.moved_in_on <= DATE '2020-12-31' AND {effective} > DATE '2013-01-01'
        AND {effective} > r.moved_in_on"""
    )
    con.execute(
        """CREATE TEMP TABLE indexed AS SELECT f.pid, f.d0, p.sex, p.born_on, p.died_on,
        date_diff('year', p.born_on, f.d0) - CASE WHEN (month(f.d0), day(f.d0)) < (month(p.born_on), day(p.born_on))
        THEN 1 ELSE 0 END AS age,
        least(CAST(f.d0 - INTERVAL 5 YEAR AS DATE) + CASE WHEN day(f.d0) <> day(f.d0 - INTERVAL 5 YEAR) THEN 1 ELSE 0 END,
        f.d0) AS five_before
        FROM first_statin f SEMI JOIN everyone e ON e.pid = f.pid JOIN population.person p ON p.pid = f.pid"""
    )
    # Residence with the day of death in it, joined where it touches: resident throughout is one stretch over all days.
    con.execute(
        f"""CREATE TEMP TABLE resident AS SELECT pid FROM (
        SELECT pid, five_before, d0, s, e, max(e) OVER (PARTITION BY pid ORDER BY s
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS reached FROM (
        SELECT c.pid, c.five_before, c.d0, r.moved_in_on AS s, {effective} AS e FROM indexed c
        JOIN population.residence r ON r.pid = c.pid JOIN population.person p ON p.pid = c.pid
        WHERE c.age >= 40) WHERE s <= d0 AND e > five_before AND s < e)
        GROUP BY pid HAVING bool_and(s <= coalesce(reached, five_before)) AND max(e) > any_value(d0)"""
    )
    _before(con, icd, mi, stroke, cancer)
    return con.execute(
        """SELECT (SELECT count(*) FROM everyone), count(*), count(*) FILTER (a), count(*) FILTER (a AND r),
        count(*) FILTER (a AND r AND NOT m), count(*) FILTER (a AND r AND NOT m AND NOT s),
        count(*) FILTER (a AND r AND NOT m AND NOT s AND NOT k) FROM (SELECT c.age >= 40 AS a, r.pid IS NOT NULL AS r,
        coalesce(b.mi, 0) = 1 AS m, coalesce(b.stroke, 0) = 1 AS s, coalesce(b.cancer, 0) = 1 AS k
        FROM indexed c LEFT JOIN resident r ON r.pid = c.pid LEFT JOIN before b ON b.pid = c.pid)"""
    ).fetchall()


def _before(con: duckdb.DuckDBPyConnection, icd: str, mi: str, stroke: str, cancer: str) -> None:
    """What everyone with an index date had before it, in one scan."""
    groups = ", ".join(
        f"max(CASE WHEN recent AND code IN ({codes(con, icd, prefixes)}) THEN 1 ELSE 0 END) AS c{i}"
        for i, prefixes in enumerate(COMORBIDITIES.values())
    )
    union = codes(con, icd, ["I21", "I22", "I61", "I63", "I64", *CANCER, *sum(COMORBIDITIES.values(), ())])
    con.execute(
        f"""CREATE TEMP TABLE before AS SELECT pid, max(CASE WHEN code IN ({mi}) THEN 1 ELSE 0 END) AS mi,
        max(CASE WHEN code IN ({stroke}) THEN 1 ELSE 0 END) AS stroke,
        max(CASE WHEN recent AND code IN ({cancer}) THEN 1 ELSE 0 END) AS cancer, {groups} FROM (
        SELECT c.pid, d.code, d.date >= c.d0 - 1826 AS recent FROM npr.episode__any_diagnosis d
        JOIN indexed c ON c.pid = d.pid WHERE d.code IN ({union}) AND d.date < c.d0) GROUP BY pid"""
    )


def _covariates(con: duckdb.DuckDBPyConnection) -> None:
    groups = ", ".join(f"coalesce(b.c{i}, 0) AS c{i}" for i in range(len(COMORBIDITIES)))
    infarction = codes(con, "npr.episode__any_diagnosis__dictionary", ["I21"])
    con.execute(
        f"""CREATE TEMP TABLE cohort AS SELECT c.pid, c.d0, c.born_on, c.age, c.died_on,
        CASE c.sex WHEN 'female' THEN 0 WHEN 'male' THEN 1 ELSE 2 END AS sex, {groups}
        FROM indexed c JOIN resident r ON r.pid = c.pid LEFT JOIN before b ON b.pid = c.pid
        WHERE c.age >= 40 AND coalesce(b.mi, 0) = 0 AND coalesce(b.stroke, 0) = 0 AND coalesce(b.cancer, 0) = 0"""
    )
    con.execute(
        f"""CREATE TEMP TABLE infarction AS SELECT c.pid, min(d.date) AS on_day FROM npr.episode__any_diagnosis d
        JOIN cohort c ON c.pid = d.pid WHERE d.code IN ({infarction}) AND d.position = 0 AND d.date > c.d0 GROUP BY c.pid"""
    )
    con.execute(
        """CREATE TEMP TABLE emigrated AS SELECT c.pid, min(e.emigrated_on) AS on_day FROM population.emigration e
        JOIN cohort c ON c.pid = e.pid WHERE e.emigrated_on >= c.d0 GROUP BY c.pid"""
    )
    con.execute(
        """CREATE TEMP TABLE followed AS SELECT *, last + 1 AS stop, CASE WHEN on_day = last THEN 1
        WHEN died_on = last THEN 2 ELSE 0 END AS cause FROM (
        SELECT c.pid, c.sex, c.born_on, c.d0 AS start, i.on_day, c.died_on, least(DATE '2020-12-31',
        coalesce(c.died_on, DATE '9999-12-31'), coalesce(e.on_day, DATE '9999-12-31'),
        coalesce(i.on_day, DATE '9999-12-31')) AS last FROM cohort c LEFT JOIN infarction i ON i.pid = c.pid
        LEFT JOIN emigrated e ON e.pid = c.pid WHERE (c.died_on IS NULL OR c.died_on >= c.d0)
        AND c.born_on <= c.d0)"""
    )


def _table_one() -> str:
    names = ["age", *(f"c{i}" for i in range(len(COMORBIDITIES)))]
    sets = ", ".join(f"(sex, {name})" for name in names)
    return (
        f"SELECT grouping({', '.join(names)}) AS part, sex, coalesce({', '.join(names)}, -1) AS value, count(*) "
        f"FROM cohort GROUP BY GROUPING SETS ((sex), {sets}) ORDER BY 1, 2, 3"
    )


def _exposure(con: duckdb.DuckDBPyConnection) -> None:
    statins = codes(con, "lmr.dispensing__atc__dictionary", ["C10AA"])
    con.execute(
        f"""CREATE TEMP TABLE daily AS SELECT d.pid, d.dispensed_on - DATE '1970-01-01' AS s,
        CAST(greatest(1, sum(greatest(1, ceil(d.ddd)))) AS BIGINT) AS q FROM lmr.dispensing d
        SEMI JOIN cohort c ON c.pid = d.pid WHERE d.atc IN ({statins}) AND d.ddd IS NOT NULL GROUP BY d.pid, d.dispensed_on"""
    )
    con.execute(
        """CREATE TEMP TABLE episode AS SELECT pid, DATE '1970-01-01' + CAST(min(s) + 1 AS INTEGER) AS s,
        DATE '1970-01-01' + CAST(max(e) + 1 AS INTEGER) AS e FROM (
        SELECT pid, s, e, sum(is_new) OVER (PARTITION BY pid ORDER BY s ROWS UNBOUNDED PRECEDING) AS n FROM (
        SELECT pid, s, e, CASE WHEN s <= 30 + max(e) OVER (PARTITION BY pid ORDER BY s
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) THEN 0 ELSE 1 END AS is_new FROM (
        SELECT pid, s, used + max(s - used + q) OVER (PARTITION BY pid ORDER BY s ROWS UNBOUNDED PRECEDING) AS e FROM (
        SELECT pid, s, q, sum(q) OVER (PARTITION BY pid ORDER BY s ROWS UNBOUNDED PRECEDING) AS used FROM daily))))
        GROUP BY pid, n"""
    )
    # Off until the first episode, on in an episode, off in each gap.
    con.execute(
        """CREATE TEMP TABLE state AS SELECT pid, s, e, 1 AS on_drug FROM episode UNION ALL
        SELECT pid, e, lead(s, 1, DATE '9999-12-31') OVER (PARTITION BY pid ORDER BY s), 0 FROM episode UNION ALL
        SELECT pid, DATE '0001-01-01', min(s), 0 FROM episode GROUP BY pid"""
    )
    con.execute(
        """CREATE TEMP TABLE pieces AS SELECT f.pid, f.sex, f.born_on, greatest(f.start, coalesce(s.s, f.start)) AS start,
        least(f.stop, coalesce(s.e, f.stop)) AS stop, coalesce(s.on_drug, 0) AS on_drug,
        f.cause = 1 AND f.stop <= coalesce(s.e, f.stop) AS event FROM followed f
        LEFT JOIN state s ON s.pid = f.pid AND s.s < f.stop AND s.e > f.start"""
    )


# Each piece is split at 1 January and at the birthday; the split streams into the sums.
_CELLS = """
SELECT pattern, y, age, CAST(sum(e - s) AS BIGINT), CAST(sum(CASE WHEN event AND e = stop THEN 1 ELSE 0 END) AS BIGINT)
FROM (SELECT on_drug * 3 + sex AS pattern, y, stop, event, y - year(born_on) - 1 + k AS age,
    CASE WHEN k = 1 THEN greatest(s0, birthday) ELSE s0 END AS s, CASE WHEN k = 1 THEN e0 ELSE least(e0, birthday) END AS e
  FROM (SELECT p.*, t.y, greatest(start, ys) AS s0, least(stop, ye) AS e0,
      CASE WHEN month(born_on) = 2 AND day(born_on) = 29 AND NOT (t.y % 4 = 0 AND (t.y % 100 <> 0 OR t.y % 400 = 0))
      THEN make_date(t.y, 3, 1) ELSE make_date(t.y, month(born_on), day(born_on)) END AS birthday
    FROM pieces p JOIN (SELECT y, make_date(y, 1, 1) AS ys, make_date(y + 1, 1, 1) AS ye
      FROM range(2013, 2021) r(y)) t ON p.start < t.ye AND p.stop > t.ys) x
  CROSS JOIN (VALUES (0), (1)) v(k)) pieces
WHERE s < e GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""
