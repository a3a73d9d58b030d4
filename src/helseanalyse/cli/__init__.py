"""The command `helseanalyse`: pages of the terminal, no rules of their own."""

from __future__ import annotations


def main() -> None:
    """Runs the command line; see `helseanalyse --help`."""
    from helseanalyse.cli.app import run

    run()
