"""tmp"""
from pathlib import Path

from helseanalyse.catalogue.model import Registry
from helseanalyse.vault.tally import LoadReport


def write_report(report: LoadReport, registry: Registry, target: Path) -> None:
    target.write_text("x")
