"""Each published figure that the synthetic Norway is held against, and how it is counted in staged registries.

The figures are in `data/fit.tsv`; here are the SQL templates that they name, with `{a}` and `{b}`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from helseanalyse.synthetic.menus import table


class Measure(StrEnum):
    """What kind of number a figure is."""

    COUNT = "count"  # of all Norway: scaled from N
    PERCENT = "percent"
    MEAN = "mean"
    RATIO = "ratio"


@dataclass(frozen=True, slots=True)
class Fit:
    """A published figure, where it is published, the SQL that counts it, and the relative distance allowed."""

    group: str
    name: str
    year: str
    published: float
    source: str
    tolerance: float
    measure: Measure
    registry: str
    sql: str


def here(on: str) -> str:
    """The residents on a day: pid, sex and age a in whole years."""
    return f"""(SELECT p.pid, p.sex, date_sub('year', p.born_on, DATE '{on}') AS a
        FROM staged.person p JOIN staged.residence r USING (pid)
        WHERE r.moved_in_on <= DATE '{on}' AND (r.moved_out_on IS NULL OR r.moved_out_on > DATE '{on}'))"""


_PER_PERSON = f"""(SELECT p.pid, count(c.pid) AS n FROM {here("2023-07-01")} p
    LEFT JOIN (SELECT pid FROM staged.contact WHERE {{a}} AND year(contact_on) = 2023) c ON c.pid = p.pid
    WHERE {{b}} GROUP BY p.pid)"""

# Known by a drug, a GP's diagnosis or a hospital's before the day.
_DIABETES = """(SELECT pid FROM staged.dispensing WHERE atc[:3] = 'A10' AND dispensed_on < DATE '2020-01-01'
    UNION SELECT pid FROM staged.contact WHERE any_diagnosis[1] IN ('T89', 'T90') AND contact_on < DATE '2020-01-01'
    UNION SELECT pid FROM staged.episode
        WHERE list_has_any(any_diagnosis, ['E119', 'E109']) AND admitted_on < DATE '2020-01-01')"""

# One infarction: a stay for I21 in NPR, a form in the registry, or a death from I21-I22; those within 30 days are one.
INFARCTIONS = """(SELECT onset, sex, (onset - born_on) / 365.25 AS age, coalesce(died_on - onset <= 30, false) AS dead
    FROM (SELECT pid, day AS onset, lag(day) OVER (PARTITION BY pid ORDER BY day) AS before
        FROM (SELECT pid, admitted_on AS day FROM staged.episode
                WHERE level_of_care = 'inpatient' AND any_diagnosis[1][:3] IN ('I21', 'I22')
            UNION SELECT pid, admitted_on FROM staged.infarction
            UNION SELECT pid, died_on FROM staged.death WHERE underlying_cause[:3] IN ('I21', 'I22')))
    JOIN staged.person USING (pid) WHERE before IS NULL OR onset - before > 30)"""

# The yearly rates of two years, both with the residents of 2013 of each age group and sex as weights.
_TREND = f"""WITH people AS (
        SELECT y, sex, a // 5 AS g, count(*) AS n FROM (
            SELECT 2013 AS y, * FROM {here("2013-07-01")} UNION ALL SELECT 2021, * FROM {here("2021-07-01")})
        WHERE a BETWEEN 40 AND 89 GROUP BY ALL),
    cases AS (SELECT year(onset) AS y, sex, age::INT // 5 AS g, count(*) AS n FROM {INFARCTIONS}
        WHERE age >= 40 AND age < 90 GROUP BY ALL),
    rates AS (SELECT p.y, sum(s.n * coalesce(c.n, 0) / p.n) AS rate FROM people p
        JOIN people s ON s.y = 2013 AND s.sex = p.sex AND s.g = p.g
        LEFT JOIN cases c ON c.y = p.y AND c.sex = p.sex AND c.g = p.g GROUP BY p.y)
    SELECT max(rate) FILTER (y = 2021) / max(rate) FILTER (y = 2013) FROM rates"""

_GP = "service = 'gp' AND contact_type IN ('consultation', 'e_consultation', 'home_visit')"

TEMPLATES = {
    "births": "SELECT count(*) FROM staged.birth WHERE alive AND year(born_on) = {a}",
    "caesarean": "SELECT 100 * avg((caesarean <> 'no')::INT) FROM staged.birth WHERE alive",
    "deaths": "SELECT count(*) FROM staged.death WHERE {a}",
    "men_among_deaths": (
        "SELECT 100 * avg((sex = 'male')::INT) FROM staged.death JOIN staged.person USING (pid) WHERE {a}"
    ),
    "patients": (
        "SELECT count(DISTINCT pid) FROM staged.episode WHERE sector = 'somatic' AND year(admitted_on) = 2023 AND {a}"
    ),
    "contacts_2019": (
        "SELECT count(*) FROM staged.episode "
        "WHERE sector = 'somatic' AND year(admitted_on) = 2019 AND level_of_care = '{a}'"
    ),
    "stay_days": (
        "SELECT avg(discharged_on - admitted_on) FROM staged.episode "
        "WHERE sector = 'somatic' AND level_of_care = 'inpatient' AND year(admitted_on) = 2019"
    ),
    "emergencies": (
        "SELECT 100 * avg((urgency = 'emergency')::INT) FROM staged.episode "
        "WHERE sector = 'somatic' AND level_of_care = 'inpatient' AND year(admitted_on) = 2023"
    ),
    "gp": "SELECT count(*) FROM staged.contact WHERE service = 'gp' AND contact_type {b} AND year(contact_on) = {a}",
    "gp_for": (
        "SELECT 100 * avg(coalesce(any_diagnosis[1] {a}, false)::INT) FROM staged.contact "
        f"WHERE {_GP} AND year(contact_on) = 2023"
    ),
    "per_person": f"SELECT avg(n) FROM {_PER_PERSON}",
    "per_person_any": f"SELECT 100 * avg((n > 0)::INT) FROM {_PER_PERSON}",
    "dispensed": (
        f"SELECT 100 * avg((d.pid IS NOT NULL)::INT) FROM {here('2018-12-31')} p LEFT JOIN (SELECT DISTINCT pid "
        "FROM staged.dispensing WHERE year(dispensed_on) = 2018 AND {a}) d ON d.pid = p.pid WHERE {b}"
    ),
    "dispensings": (
        f"SELECT count(*) / (SELECT count(*) FROM {here('2018-12-31')}) FROM staged.dispensing "
        "WHERE year(dispensed_on) = 2018"
    ),
    "cases": (
        "SELECT count(*) FROM staged.case JOIN staged.person USING (pid) WHERE year(diagnosed_on) = 2023 AND {a}"
    ),
    "cancer_alive": (
        f"SELECT count(*) FROM {here('2023-12-31')} "
        "WHERE pid IN (SELECT pid FROM staged.case WHERE diagnosed_on <= DATE '2023-12-31')"
    ),
    "diabetes": f"SELECT count(*) FROM {here('2020-01-01')} WHERE pid IN {_DIABETES} AND {{a}}",
    "diabetes_share": f"SELECT 100 * avg((pid IN {_DIABETES})::INT) FROM {here('2020-01-01')} WHERE {{a}}",
    "infarctions": f"SELECT {{b}} FROM {INFARCTIONS} WHERE year(onset) = {{a}}",
    "infarction_trend": _TREND,
    "strokes": (
        "SELECT {b} FROM (SELECT *, (onset_on - born_on) / 365.25 AS age, "
        "coalesce(died_on - onset_on <= 90, false) AS dead FROM staged.stroke JOIN staged.person USING (pid)) WHERE {a}"
    ),
}


def _residents(on: str, where: str) -> str:
    return f"SELECT count(*) FROM {here(on)} WHERE {where}"


def _sql(template: str, a: str, b: str) -> str:
    if template == "residents":
        return _residents(a, b)
    return TEMPLATES[template].replace("{a}", a).replace("{b}", b)


def _figures() -> tuple[Fit, ...]:
    columns = table("fit.tsv").columns
    rows = zip(*columns.values(), strict=True)
    return tuple(
        Fit(group, name, year, float(published), source, float(tolerance), Measure(measure), registry, _sql(t, a, b))
        for group, name, year, published, source, tolerance, measure, registry, t, a, b in rows
    )


FIGURES: tuple[Fit, ...] = _figures()
