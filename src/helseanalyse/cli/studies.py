"""`helseanalyse check`, `test`, `explain` and `run`: what one does with a study."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.tree import Tree

from helseanalyse.catalogue.model import Catalogue
from helseanalyse.catalogue.read import norway
from helseanalyse.cli.errors import Exit, terminal, told
from helseanalyse.cli.study_file import study_from
from helseanalyse.permit import Permit, PermitError, grant
from helseanalyse.permit.permit import read as read_permit
from helseanalyse.release.bundle import files
from helseanalyse.release.explain import explained
from helseanalyse.release.folder import check_place, replace_folder
from helseanalyse.release.rehearse import rehearse
from helseanalyse.release.release import Resources, own_permit, release
from helseanalyse.report.bundle import report_files
from helseanalyse.report.summary import summary_rows
from helseanalyse.study.check import check as find_problems
from helseanalyse.study.check import need
from helseanalyse.study.codec import digest, dump
from helseanalyse.vault.open import Vault

StudyFile = Annotated[Path, typer.Argument(help="study.py, or the study.json of an earlier run.", show_default=False)]
VaultFolder = Annotated[Path | None, typer.Option("--vault", help="The vault to ask.")]
PermitFile = Annotated[Path | None, typer.Option("--permit", help="The permit to ask under, as it was issued.")]
Machines = Annotated[bool, typer.Option("--json", help="For machines.")]
out = Console(highlight=False)


def run(
    study: StudyFile,
    vault: Annotated[Path, typer.Option(help="The vault to ask.")],
    folder: Annotated[Path, typer.Option("--out", help="Folder for the answer; made whole or not at all.")],
    permit: PermitFile = None,
    threads: Annotated[int, typer.Option(min=1, help="Threads of the engine; the answer is the same for any number.")] = 2,
    memory: Annotated[str, typer.Option(help="Memory of the engine.")] = "2GB",
    language: Annotated[str, typer.Option(help="Language of the report: en or nb.")] = "en",
) -> None:
    """Ask a study of a vault and write the safe answer: report.html, results.json, tables, figures.

    Example: helseanalyse run examples/sglt2_heart_failure/study.py --vault demo/vault --out demo/answer
    """
    with told():
        check_place(folder)
        asked, opened = study_from(study), Vault.open(vault)
        resources = Resources(threads=threads, memory=memory, on_step=_tell_step)
        found = release(asked, opened, _permit(permit), _today(), resources)
        replace_folder(folder, {**files(found), **report_files(found, language)})
    out.print(_rows(summary_rows(found.answer)))
    out.print(f"[bold]{folder / 'report.html'}[/]  ({found.seconds:.1f} s, entry {found.receipt.index} of the log)")


def check(
    study: StudyFile,
    vault: VaultFolder = None,
    permit: PermitFile = None,
    save: Annotated[Path | None, typer.Option(help="Write the specification here as JSON.")] = None,
    as_json: Machines = False,
) -> None:
    """Say in under a second what a study uses, what it would cost, whether a permit covers it, and every mistake.

    Example: helseanalyse check study.py --vault demo/vault
    """
    with told():
        asked = study_from(study)
        opened = Vault.open(vault) if vault else None
        catalogue = opened.catalogue() if opened else norway()
        problems = find_problems(asked, catalogue)
        paths = need(asked)
        leave = _covered(paths, _permit(permit) or (own_permit(opened) if opened else None), catalogue)
        if save:
            save.write_text(dump(asked), encoding="utf-8")
    if as_json:
        typer.echo(
            json.dumps(
                {
                    "title": asked.title,
                    "digest": digest(asked),
                    "need": sorted(paths),
                    "permit": leave,
                    "problems": [
                        {"id": p.id, "severity": p.severity, "place": p.place, "what": p.what(), "remedy": p.remedy()}
                        for p in problems
                    ],
                },
                ensure_ascii=False,
                indent=1,
            )
        )
    else:
        for problem in problems:
            colour = "red" if problem.severity == "error" else "yellow"
            out.print(f"[{colour}]{problem.severity}[/] {problem}")
        out.print(_used(asked.title, digest(asked), paths, opened, catalogue))
        out.print(leave)
    if any(problem.severity == "error" for problem in problems):
        raise typer.Exit(Exit.MISTAKE)


def test(study: StudyFile, vault: VaultFolder = None) -> None:
    """Run a study's own tests: made-up persons, and what must come out for them.

    Example: helseanalyse test study.py
    """
    with told():
        asked = study_from(study)
        catalogue = Vault.open(vault).catalogue() if vault else norway()
        results = rehearse(asked, catalogue)
    for result in results:
        sign = "[green]passed[/]" if result.passed else "[red]failed[/]"
        out.print(f"{sign} {result.name}" + ("" if result.passed else f"\n       {result.says}"))
    wrong = sum(not result.passed for result in results)
    out.print(f"{len(results) - wrong} passed, {wrong} failed")
    if wrong or not results:
        if not results:
            terminal.print("The study has no tests. Write some: study.expects(person(...), included=True)")
        raise typer.Exit(Exit.MISTAKE)


def explain(study: StudyFile, vault: VaultFolder = None) -> None:
    """Show the SQL that answers a study, step by step, each with a sentence that says why.

    Example: helseanalyse explain study.py
    """
    with told():
        asked = study_from(study)
        opened = Vault.open(vault) if vault else None
        for step in explained(asked, opened.catalogue() if opened else norway(), opened):
            typer.echo(f"-- {step.name}: {step.why}\n{step.sql};\n")


def _tell_step(name: str, seconds: float) -> None:
    terminal.print(f"  {name:<48} {seconds:>7.2f} s", style="dim")


def _permit(path: Path | None) -> Permit | None:
    if path is None:
        return None
    try:
        return read_permit(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise PermitError(f"The permit {path} cannot be read ({error.strerror}). Give the file as it was issued.") from None
    except UnicodeDecodeError:
        raise PermitError(f"The permit {path} is not text. Give the file as it was issued.") from None


def _covered(paths: frozenset[str], permit: Permit | None, catalogue: Catalogue) -> str:
    if permit is None:
        public = {registry.name for registry in catalogue.registries if registry.public}
        closed = sorted({path.split(".", 1)[0] for path in paths} - public)
        return (
            f"Needs a permit: {', '.join(closed)} {'is' if len(closed) == 1 else 'are'} not public."
            if closed
            else "Needs no permit: every registry used is public."
        )
    try:
        leave = grant(paths, permit, _today())
    except PermitError as error:
        return str(error)
    return f"Permit {permit.id} covers it, in the {leave.lane} lane."


def _used(title: str, name: str, paths: frozenset[str], vault: Vault | None, catalogue: Catalogue) -> Tree:
    tree = Tree(f"[bold]{title}[/] [dim]{name[:12]}[/]")
    tables: dict[str, dict[str, list[str]]] = {}
    for path in sorted(paths):
        registry, table, column = path.split(".", 2)
        tables.setdefault(registry, {}).setdefault(table, []).append(column)
    for registry, held in tables.items():
        branch = tree.add(f"{registry} [dim]{catalogue.registry(registry).label.en}{_version(vault, registry)}[/]")
        for table, columns in held.items():
            branch.add(f"{table}: {', '.join(columns)}{_size(vault, registry, table)}")
    return tree


def _version(vault: Vault | None, registry: str) -> str:
    return f", version {vault.latest(registry)}" if vault else ""


def _size(vault: Vault | None, registry: str, table: str) -> str:
    if vault is None:
        return ""
    facts = vault.manifest(registry).tables[table]
    years = f", {facts.first.year}-{facts.last.year}" if facts.first and facts.last else ""
    return f" [dim]({facts.rows:,} rows{years})[/]".replace(",", " ", 1)


def _rows(rows: list[tuple[str, ...]]) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0))
    for heading in rows[0]:
        table.add_column(heading)
    for row in rows[1:]:
        table.add_row(*row)
    return table


def _today() -> date:
    return datetime.now(UTC).date()


def _plain(content: Mapping[str, object]) -> str:
    return json.dumps(content, ensure_ascii=False, indent=1)
