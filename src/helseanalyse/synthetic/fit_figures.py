"""Each published figure that the synthetic Norway is held against, and how it is counted in the registries.

Published values and sources are those of `figures` and of its list of sources. A tolerance is the
relative distance that a test allows at N = 100,000; it holds the sampling error there (a count of n
has about 1 / sqrt(n)) and how well the generator is meant to fit.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from helseanalyse.synthetic import figures


class Measure(StrEnum):
    """What kind of number a figure is."""

    COUNT = "count"  # of all Norway: scaled from N
    SHARE = "share"  # percent
    MEAN = "mean"


@dataclass(frozen=True, slots=True)
class Fit:
    """A published figure: group on the page, what it is, its year, value, source, and the SQL that counts it."""

    group: str
    name: str
    year: str
    published: float
    source: str
    sql: str
    tolerance: float
    measure: Measure = Measure.COUNT
    registry: str = "population"


SSB, DAR, NPR, KPR, LMR, KRG = "SSB", "DÅR, table D1", "NPR, SSB", "KPR, SSB", "Reseptregisteret", "Kreftregisteret"
MI, STROKE = "Tidsskriftet 2024/10", "Norsk hjerneslagregister"
COUNT, SHARE, MEAN = Measure.COUNT, Measure.SHARE, Measure.MEAN


def residents(on: str, where: str = "") -> str:
    """SQL for the residents on a day, with a condition on age a and sex."""
    return (
        f"SELECT count(*) FROM (SELECT p.sex, date_sub('year', p.born_on, DATE '{on}') AS a FROM staged.residence r "
        f"JOIN staged.person p USING (pid) WHERE r.moved_in_on <= DATE '{on}' "
        f"AND (r.moved_out_on IS NULL OR r.moved_out_on > DATE '{on}')) WHERE true {where}"
    )


def _population() -> list[Fit]:
    rows = [
        Fit("Population", f"Residents on 1 January, {what}", year, value, SSB, residents(f"{year}-01-01", where), tolerance)
        for what, year, value, where, tolerance in (
            ("all", "2008", 4_737_171.0, "", 0.02), ("all", "2020", 5_367_580.0, "", 0.01),
            ("women", "2020", 2_661_018.0, "AND sex = 'female'", 0.015),
            ("aged 0-19", "2020", float(sum(figures.PYRAMID_2020[s][:4].sum() for s in ("female", "male"))), "AND a < 20", 0.02),
            ("aged 67 and over (67-69 as three fifths of the band)", "2020", 831_700.0, "AND a >= 67", 0.03),
            ("aged 80 and over", "2020", 230_710.0, "AND a >= 80", 0.05), ("all", "2024", 5_550_203.0, "", 0.015),
        )
    ]  # fmt: skip
    born = "SELECT count(*) FROM staged.birth WHERE alive AND year(born_on) = {}"
    rows += [
        Fit("Population", "Live births", str(year), float(figures.BIRTHS[year - 2008]), SSB, born.format(year), 0.08, registry="mfr")
        for year in (2010, 2020)
    ]  # fmt: skip
    rows.append(Fit("Population", "Births by caesarean", "2023", 16.0, "MFR (unverified)",
        "SELECT 100 * avg((caesarean <> 'no')::INT) FROM staged.birth WHERE alive", 0.08, SHARE, "mfr"))  # fmt: skip
    return rows


def _deaths() -> list[Fit]:
    rows = [
        Fit("Deaths", "Deaths, all causes", str(year), float(figures.deaths(year)), DAR,
            f"SELECT count(*) FROM staged.death WHERE year(died_on) = {year}", 0.08, registry="dar")
        for year in range(2018, 2024)
    ]  # fmt: skip
    rows.append(Fit("Deaths", "Deaths 2018-2023, all causes", "2018-23", 253_272.0, DAR,
        "SELECT count(*) FROM staged.death WHERE year(died_on) BETWEEN 2018 AND 2023", 0.03, registry="dar"))  # fmt: skip
    causes: list[tuple[str, str, float, str, float]] = [
        ("malignant neoplasms", "2018-23", 65_937.0, "underlying_cause[:1] = 'C' AND year(died_on) BETWEEN 2018 AND 2023", 0.08),
        ("lung cancer", "2022", 2205.0, "underlying_cause[:3] = 'C34' AND year(died_on) = 2022", 0.4),
        ("colorectal cancer", "2022", 1533.0, "underlying_cause[:3] IN ('C18','C19','C20') AND year(died_on) = 2022", 0.45),
        ("prostate cancer", "2022", 973.0, "underlying_cause[:3] = 'C61' AND year(died_on) = 2022", 0.6),
        ("pancreatic cancer", "2022", 963.0, "underlying_cause[:3] = 'C25' AND year(died_on) = 2022", 0.6),
        ("breast cancer", "2022", 626.0, "underlying_cause[:3] = 'C50' AND year(died_on) = 2022", 0.7),
        ("accidents", "2023", 2141.0, "underlying_cause[:1] IN ('V','W','X') AND underlying_cause NOT IN ('X70','X64') "
         "AND year(died_on) = 2023", 0.45),
        ("cardiovascular disease (unverified)", "2018-23", 63_000.0,
         "underlying_cause[:1] = 'I' AND year(died_on) BETWEEN 2018 AND 2023", 0.15),
    ]  # fmt: skip
    rows += [
        Fit("Deaths", f"Deaths of {what}", year, value, DAR, f"SELECT count(*) FROM staged.death WHERE {where}", tolerance, registry="dar")
        for what, year, value, where, tolerance in causes
    ]  # fmt: skip
    rows.append(Fit("Deaths", "Men among suicides", "2023", 71.0, DAR,
        "SELECT 100 * avg((sex = 'male')::INT) FROM staged.death JOIN staged.person USING (pid) "
        "WHERE underlying_cause IN ('X70', 'X64')", 0.25, SHARE, "dar"))  # fmt: skip
    return rows


def _hospital() -> list[Fit]:
    people = "SELECT count(DISTINCT pid) FROM staged.episode WHERE sector = 'somatic' AND year(admitted_on) = 2023 {}"
    many = "SELECT count(*) FROM staged.episode WHERE level_of_care = '{}' AND sector IN ('somatic') AND year(admitted_on) = 2019"
    sex = "AND pid IN (SELECT pid FROM staged.person WHERE sex = '{}')"
    return [
        Fit("Hospital", f"Somatic patients, {what}", "2023", value, NPR, people.format(where), tolerance, registry="npr")
        for what, value, where, tolerance in (
            ("all", 2_109_501.0, "", 0.05), ("women", 1_135_453.0, sex.format("female"), 0.06),
            ("men", 974_257.0, sex.format("male"), 0.06), ("with a stay", 518_593.0, "AND level_of_care = 'inpatient'", 0.06),
            ("with day treatment", 284_470.0, "AND level_of_care = 'day'", 0.10),
            ("with an outpatient contact", 1_957_120.0, "AND level_of_care = 'outpatient'", 0.05),
        )
    ] + [
        Fit("Hospital", f"Somatic contacts: {what}", "2019", value, NPR, many.format(level), 0.06, registry="npr")
        for what, value, level in (
            ("stays", 798_390.0, "inpatient"), ("day treatments", 342_432.0, "day"),
            ("outpatient consultations", 6_356_168.0, "outpatient"),
        )
    ] + [
        Fit("Hospital", "Mean days of a stay", "2019", 4.2, NPR,
            "SELECT avg(discharged_on - admitted_on) FROM staged.episode WHERE sector = 'somatic' AND level_of_care = 'inpatient' "
            "AND year(admitted_on) = 2019", 0.10, MEAN, "npr"),
        Fit("Hospital", "Emergencies among stays", "2023", 73.0, NPR,
            "SELECT 100 * avg((urgency = 'emergency')::INT) FROM staged.episode WHERE sector = 'somatic' "
            "AND level_of_care = 'inpatient' AND year(admitted_on) = 2023", 0.06, SHARE, "npr"),
    ]  # fmt: skip


_CONSULTATION = "service = 'gp' AND contact_type IN ('consultation', 'e_consultation', 'home_visit')"
_AGE_2023 = "date_sub('year', born_on, DATE '2023-07-01')"
_HERE_2023 = (
    "(SELECT r.pid FROM staged.residence r WHERE r.moved_in_on <= DATE '2023-07-01' "
    "AND (r.moved_out_on IS NULL OR r.moved_out_on > DATE '2023-07-01'))"
)


def per_person_2023(condition: str, value: str, persons: str = "true") -> str:
    """SQL for a mean over residents in the middle of 2023 of `value` of their number n of contacts."""
    return (
        f"SELECT avg({value}) FROM (SELECT p.pid, count(c.pid) AS n FROM staged.person p LEFT JOIN "
        f"(SELECT pid FROM staged.contact WHERE {condition} AND year(contact_on) = 2023) c ON c.pid = p.pid "
        f"WHERE p.pid IN {_HERE_2023} AND {persons} GROUP BY p.pid)"
    )


_ANY = "100 * (n > 0)::INT"
GP_AGES = (
    ("0-5", 0, 5, 66.0, 1.9), ("6-15", 6, 15, 58.0, 1.4), ("16-19", 16, 19, 73.0, 2.4), ("20-29", 20, 29, 66.0, 2.6),
    ("30-49", 30, 49, 70.0, 3.2), ("50-66", 50, 66, 76.0, 3.5), ("67-79", 67, 79, 84.0, 3.9), ("80-89", 80, 89, 85.0, 4.8),
    ("90+", 90, 120, 66.0, 3.5),
)  # fmt: skip


def _primary() -> list[Fit]:
    group = "Primary care"
    total = "SELECT count(*) FROM staged.contact WHERE service = 'gp' AND contact_type {} AND year(contact_on) = {}"
    any_kind = "IN ('consultation', 'e_consultation', 'home_visit')"
    rows = [
        Fit(group, f"GP: {what}", year, value, KPR, total.format(kind, year), tolerance, registry="kpr")
        for what, year, value, kind, tolerance in (
            ("consultations of all kinds", "2023", 16_884_831.0, any_kind, 0.03), ("consultations of all kinds", "2019", 14_760_000.0, any_kind, 0.04),
            ("e-consultations", "2023", 3_610_000.0, "= 'e_consultation'", 0.04), ("home visits", "2023", 75_000.0, "= 'home_visit'", 0.15),
        )
    ]  # fmt: skip
    rows += [
        Fit(group, "GP: people with a consultation", "2023", 72.0, KPR, per_person_2023(_CONSULTATION, _ANY), 0.03, SHARE, "kpr"),
        Fit(group, "Out of hours: contacts an inhabitant", "2023", 0.23, KPR, per_person_2023("service = 'out_of_hours'", "n"), 0.06, MEAN, "kpr"),
        Fit(group, "Out of hours: people with a contact", "2023", 16.0, KPR, per_person_2023("service = 'out_of_hours'", _ANY), 0.06, SHARE, "kpr"),
    ]  # fmt: skip
    people = [
        (f"aged {label}", share, mean, f"{_AGE_2023} BETWEEN {low} AND {high}")
        for label, low, high, share, mean in GP_AGES
    ]
    people += [("men", 66.0, 2.4, "sex = 'male'"), ("women", 77.0, 3.6, "sex = 'female'")]
    for label, share, mean, who in people:
        wide = 0.12 if label == "aged 90+" else 0.05
        rows.append(
            Fit(
                group,
                f"GP: consultations a person, {label}",
                "2023",
                mean,
                KPR,
                per_person_2023(_CONSULTATION, "n", who),
                wide,
                MEAN,
                "kpr",
            )
        )
        rows.append(
            Fit(
                group,
                f"GP: people with a consultation, {label}",
                "2023",
                share,
                KPR,
                per_person_2023(_CONSULTATION, _ANY, who),
                wide,
                SHARE,
                "kpr",
            )
        )
    codes = {
        "mental": ("'P%'", 12.2), "hypertension": ("'K86', 'K87'", 3.4), "diabetes": ("'T89', 'T90'", 2.7), "back": ("'L02', 'L03', 'L84', 'L86'", 3.6),
        "respiratory infection": ("'R05', 'R21', 'R72', 'R74', 'R75', 'R76', 'R78', 'R80', 'R81', 'R83', 'R99'", 8.6),
        "cancer": ("'A79', 'R84', 'S77'", 1.5), "heart": ("'K74', 'K75', 'K76', 'K77', 'K78', 'K84'", 2.1),
    }  # fmt: skip
    for label, (listed, share) in codes.items():
        test = f"any_diagnosis[1] LIKE {listed}" if "%" in listed else f"any_diagnosis[1] IN ({listed})"
        sql = f"SELECT 100 * avg(coalesce({test}, false)::INT) FROM staged.contact WHERE {_CONSULTATION} AND year(contact_on) = 2023"
        rows.append(Fit(group, f"GP: consultations for {label}", "2023", share, KPR, sql, 0.15, SHARE, "kpr"))
    return rows


def _drugs() -> list[Fit]:
    here = (
        "(SELECT p.pid, p.sex, date_sub('year', p.born_on, DATE '2018-12-31') AS a FROM staged.person p JOIN staged.residence r USING (pid) "
        "WHERE r.moved_in_on <= DATE '2018-12-31' AND (r.moved_out_on IS NULL OR r.moved_out_on > DATE '2018-12-31'))"
    )
    share = (
        f"SELECT 100 * avg((d.pid IS NOT NULL)::INT) FROM {here} p LEFT JOIN (SELECT DISTINCT pid FROM staged.dispensing "
        "WHERE year(dispensed_on) = 2018) d ON d.pid = p.pid WHERE {}"
    )
    code = (
        f"SELECT 100 * avg((d.pid IS NOT NULL)::INT) FROM {here} p LEFT JOIN (SELECT DISTINCT pid FROM staged.dispensing "
        "WHERE year(dispensed_on) = 2018 AND atc {}) d ON d.pid = p.pid"
    )
    rows = [
        Fit("Drugs", f"People with a dispensing, {label}", "2018", value, LMR, share.format(who), tolerance, SHARE, "lmr")
        for label, value, who, tolerance in (
            ("all", 70.0, "true", 0.03), ("women", 77.0, "sex = 'female'", 0.03), ("men", 64.0, "sex = 'male'", 0.03),
            ("aged 70 and over", 93.5, "a >= 70", 0.03),
        )
    ]  # fmt: skip
    rows.append(
        Fit(
            "Drugs",
            "Dispensings an inhabitant",
            "2018",
            7.9,
            LMR,
            f"SELECT count(*) / (SELECT count(*) FROM {here}) FROM staged.dispensing WHERE year(dispensed_on) = 2018",
            0.05,
            MEAN,
            "lmr",
        )
    )
    rows += [
        Fit("Drugs", f"People with {label} (unverified)", "2018", value, LMR, code.format(which), 0.2, SHARE, "lmr")
        for label, value, which in (("a statin", 11.5, "LIKE 'C10AA%'"), ("metformin", 3.0, "= 'A10BA02'"), ("an antihypertensive", 20.0, "SIMILAR TO 'C0(2|3|7|8|9).*'"))
    ]  # fmt: skip
    return rows


def _cancer() -> list[Fit]:
    many = "SELECT count(*) FROM staged.case {} WHERE year(diagnosed_on) = {} AND {}"
    rows = [
        Fit("Cancer", f"New cases, {label}", year, value, KRG, many.format("JOIN staged.person USING (pid)", year, which), tolerance, registry="krg")
        for label, year, value, which, tolerance in (
            ("all", "2023", 38_094.0, "true", 0.09), ("men", "2023", 20_386.0, "sex = 'male'", 0.12), ("women", "2023", 17_708.0, "sex = 'female'", 0.12),
            ("prostate", "2023", 5258.0, "site = 'C61'", 0.25), ("breast, women", "2023", 4076.0, "site = 'C50' AND sex = 'female'", 0.3),
            ("colon", "2023", 3388.0, "site = 'C18'", 0.3), ("lung", "2023", 3319.0, "site = 'C34'", 0.3),
        )
    ]  # fmt: skip
    rows.append(Fit("Cancer", "Alive with a cancer diagnosis on 31 December", "2023", 336_850.0, KRG,
        "SELECT count(DISTINCT c.pid) FROM staged.case c JOIN staged.residence r USING (pid) WHERE diagnosed_on <= DATE '2023-12-31' "
        "AND r.moved_in_on <= DATE '2023-12-31' AND (r.moved_out_on IS NULL OR r.moved_out_on > DATE '2023-12-31')", 0.15, registry="krg"))  # fmt: skip
    return rows


# An infarction: a stay for I21 in NPR, a form in the registry, or a death from I21-I22, within 28 days one event.
INFARCTIONS = """
    SELECT pid, onset, sex, born_on, died_on FROM (
        SELECT pid, day AS onset, lag(day) OVER (PARTITION BY pid ORDER BY day) AS before FROM (
            SELECT DISTINCT pid, day FROM (
                SELECT pid, admitted_on AS day FROM staged.episode
                    WHERE level_of_care = 'inpatient' AND any_diagnosis[1][:3] IN ('I21', 'I22')
                UNION ALL SELECT pid, admitted_on FROM staged.infarction
                UNION ALL SELECT pid, died_on FROM staged.death WHERE underlying_cause[:3] IN ('I21', 'I22'))))
    JOIN staged.person USING (pid) WHERE before IS NULL OR onset - before > 30
"""


def _attacks() -> list[Fit]:
    group, age = "Heart and brain", "avg((onset - born_on) / 365.25)"
    year = f"FROM ({INFARCTIONS}) WHERE year(onset) = {{}}"
    fatal = f"SELECT 100 * avg((died_on IS NOT NULL AND died_on - onset <= 30)::INT) {year}"
    rows = [
        Fit(group, "Infarctions", "2013", 13_043.0, MI, f"SELECT count(*) {year.format(2013)}", 0.12, registry="npr"),
        Fit(group, "Men among infarctions", "2013", 64.0, MI, f"SELECT 100 * avg((sex = 'male')::INT) {year.format(2013)}", 0.12, SHARE, "npr"),
        Fit(group, "Mean age of men", "2013", 68.0, MI, f"SELECT {age} {year.format(2013)} AND sex = 'male'", 0.03, MEAN, "npr"),
        Fit(group, "Mean age of women", "2013", 76.0, MI, f"SELECT {age} {year.format(2013)} AND sex = 'female'", 0.04, MEAN, "npr"),
        Fit(group, "Dead within 30 days of infarction", "2013", 21.3, MI, fatal.format(2013), 0.35, SHARE, "npr"),
        Fit(group, "Dead within 30 days of infarction", "2021", 17.5, MI, fatal.format(2021), 0.40, SHARE, "npr"),
    ]  # fmt: skip
    stroke = "FROM staged.stroke JOIN staged.person USING (pid) WHERE year(onset_on) = 2015"
    every = "FROM staged.stroke JOIN staged.person USING (pid) WHERE year(onset_on) BETWEEN 2013 AND 2017"
    rows += [
        Fit(group, "Strokes in the registry", "2015", 8538.0, STROKE, f"SELECT count(*) {stroke}", 0.2, registry="stroke"),
        Fit(group, "Infarcts among strokes", "2013-17", 85.0, STROKE, f"SELECT 100 * avg((kind = 'infarct')::INT) {every}", 0.06, SHARE, "stroke"),
        Fit(group, "Women among strokes", "2013-17", 46.0, STROKE, f"SELECT 100 * avg((sex = 'female')::INT) {every}", 0.15, SHARE, "stroke"),
        Fit(group, "Mean age of women", "2013-17", 77.5, STROKE, f"SELECT avg((onset_on - born_on) / 365.25) {every} AND sex = 'female'", 0.03, MEAN, "stroke"),
        Fit(group, "Mean age of men", "2013-17", 72.0, STROKE, f"SELECT avg((onset_on - born_on) / 365.25) {every} AND sex = 'male'", 0.03, MEAN, "stroke"),
        Fit(group, "Dead within three months of stroke", "2013-17", 19.0, STROKE,
            f"SELECT 100 * avg((died_on IS NOT NULL AND died_on - onset_on <= 90)::INT) {every}", 0.20, SHARE, "stroke"),
        Fit(group, "mRS 0-2 before", "2013-17", 85.6, STROKE, f"SELECT 100 * avg((mrs_before <= 2)::INT) {every}", 0.05, SHARE, "stroke"),
        Fit(group, "mRS 0-2 at three months", "2013-17", 58.0, STROKE, f"SELECT 100 * avg((mrs_3_months <= 2)::INT) {every}", 0.12, SHARE, "stroke"),
    ]  # fmt: skip
    return rows


def _diabetes() -> list[Fit]:
    known = (
        "(SELECT DISTINCT pid FROM staged.dispensing WHERE atc[:3] = 'A10' AND dispensed_on <= DATE '2020-01-01' "
        "UNION SELECT DISTINCT pid FROM staged.contact WHERE any_diagnosis[1] IN ('T89', 'T90') AND contact_on <= DATE '2020-01-01' "
        "UNION SELECT DISTINCT pid FROM staged.episode WHERE list_has_any(any_diagnosis, ['E119', 'E109']) AND admitted_on <= DATE '2020-01-01')"
    )
    return [
        Fit("Diabetes", "People known to have diabetes (drug, GP or hospital)", "2020", 270_000.0, "Folkehelserapporten (unverified)",
            residents("2020-01-01").replace("WHERE r.", f"WHERE pid IN {known} AND r.", 1), 0.10, registry="lmr"),
        Fit("Diabetes", "Share of those aged 80 and over who have it", "2020", 13.0, "more than 10 percent is published",
            "SELECT 100.0 * (" + residents("2020-01-01", "AND a >= 80").replace("WHERE r.", f"WHERE pid IN {known} AND r.", 1) + ") / ("
            + residents("2020-01-01", "AND a >= 80") + ")", 0.5, SHARE, "lmr"),
    ]  # fmt: skip


FIGURES: tuple[Fit, ...] = (
    *_population(), *_deaths(), *_hospital(), *_primary(), *_drugs(), *_cancer(), *_diabetes(), *_attacks(),
)  # fmt: skip
