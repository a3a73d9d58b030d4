"""The commands of `helseanalyse`, in the order in which one meets them.

A command imports what it needs when it runs: `check` must answer in under a second, and so must `--help`.
"""

from __future__ import annotations

import typer

from helseanalyse.cli import answer, data, discover, question

app = typer.Typer(
    name="helseanalyse",
    help="Studies over linked health registries: the question goes to the data, and only a safe answer comes out.",
    epilog=(
        "Exit codes: 0 done; 1 a mistake in a study or another input; 2 wrong use of the command; "
        "3 refused for want of a permit; 4 trouble with the vault, a delivery or the disk; 130 interrupted."
    ),
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)

app.command("catalogue")(discover.catalogue)
app.command("synthetic")(data.synthetic)
app.command("load")(data.load)
app.command("check")(question.check)
app.command("test")(question.rehearsal)
app.command("explain")(question.explain)
app.command("run")(answer.run)


def run() -> None:
    """Runs the app."""
    app()
