"""A trend of 24 months beside one month: both are one query, so the longer costs little more.

    python benchmarks/trend.py --vault VAULT [--repeats 5] [--json FILE]
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from datetime import date
from pathlib import Path
from time import perf_counter

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from helseanalyse import Study, atc, interval
from helseanalyse.engine.run import Settings, answer
from helseanalyse.permit import grant, made_for_synthetic
from helseanalyse.registries import lmr
from helseanalyse.study.need import need
from helseanalyse.study.specification import Specification
from helseanalyse.vault.open import Vault


def users_of_statins(first: str, last: str) -> Specification:
    """The share of residents with a statin dispensed in the month, by sex."""
    study = Study("Users of statins by month", start=first, end=last)
    dispensed = lmr.where(lmr.atc.within(atc("C10AA")), lmr.dispensed_on.between(interval.start, interval.end))
    study.prevalence("statin", dispensed.exists(), every="month", by="sex")
    return study.specification()


def seconds(study: Specification, vault: Vault, repeats: int) -> float:
    """The best of some runs."""
    catalogue = vault.catalogue()
    wanted = need(study, catalogue)
    leave = grant(wanted, made_for_synthetic("benchmark", wanted), date(2026, 1, 1))
    files = {name: vault.file(name) for name in sorted({path.split(".", 1)[0] for path in wanted})}
    best = float("inf")
    for _ in range(repeats):
        with tempfile.TemporaryDirectory() as temp:
            began = perf_counter()
            answer(study, leave, files, catalogue, last_day=study.end, settings=Settings(temp=Path(temp)))
            best = min(best, perf_counter() - began)
    return best


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--vault", type=Path, required=True)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    vault = Vault.open(given.vault)
    one = seconds(users_of_statins("2018-01-01", "2018-01-31"), vault, given.repeats)
    many = seconds(users_of_statins("2017-01-01", "2018-12-31"), vault, given.repeats)
    print(f"one month {one:.2f} s, 24 months {many:.2f} s, ratio {many / one:.2f}")
    if given.json:
        given.json.write_text(json.dumps({"one": one, "many": many, "ratio": many / one}))


if __name__ == "__main__":
    main()
