"""From a raw answer to tables that may be shown: one rule of disclosure for each kind of result."""

from __future__ import annotations

from helseanalyse.disclosure.counts import safe_counts, safe_flow
from helseanalyse.disclosure.curves import safe_curve
from helseanalyse.disclosure.rates import safe_rates
from helseanalyse.disclosure.rules import Rules
from helseanalyse.disclosure.table_one import safe_table_one
from helseanalyse.disclosure.trends import safe_trend
from helseanalyse.study.answer import (
    RawAnswer,
    RawCounts,
    RawCurve,
    RawFlow,
    RawRates,
    RawResult,
    RawTableOne,
    RawTrend,
    SafeTable,
)
from helseanalyse.study.specification import Analysis, Incidence, Rates, Specification, Survival, Trend


def disclose(raw: RawAnswer, study: Specification, rules: Rules, health: frozenset[str]) -> tuple[SafeTable, ...]:
    """Every table of an answer, each number shown or hidden by the rules, in the order of the study's analyses.

    health: names of the study's variables that tell about somebody's health.
    """
    wanted = {analysis.id: analysis for analysis in study.analyses}
    return tuple(
        table for result in raw.results for table in _tables(result, wanted.get(result.id), study, rules, health)
    )


def _tables(
    raw: RawResult, analysis: Analysis | None, study: Specification, rules: Rules, health: frozenset[str]
) -> tuple[SafeTable, ...]:
    match raw, analysis:
        case RawFlow(), _:
            return (safe_flow(raw, rules),)
        case RawTableOne(), _:
            return (safe_table_one(raw, rules, health),)
        case RawCounts(), _:
            return (safe_counts(raw, rules),)
        case RawRates(), (Rates() | Incidence()) as rates:
            return safe_rates(raw, rates, study, rules)
        case RawCurve(), Survival() as survival:
            return safe_curve(raw, survival, study, rules)
        case RawTrend(), Trend() as trend:
            return (safe_trend(raw, trend, rules),)
        case _:
            raise ValueError(
                f"No rule of disclosure knows the result of the analysis {raw.id!r}, so it is not released."
            )
