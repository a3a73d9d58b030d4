"""`helseanalyse check`, `test` and `explain`: what one does with a study before it is asked."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.tree import Tree

from helseanalyse.catalogue.model import Catalogue
from helseanalyse.catalogue.read import norway
from helseanalyse.cli.errors import Exit, terminal, told
from helseanalyse.cli.study_file import permit_from, study_from, today
from helseanalyse.permit import Permit, PermitError, grant, grant_public

if TYPE_CHECKING:
    from helseanalyse.vault.open import Vault

StudyFile = Annotated[Path, typer.Argument(help="study.py, or the study.json of an earlier run.", show_default=False)]
VaultFolder = Annotated[Path | None, typer.Option("--vault", help="The vault to ask.")]
out = Console(highlight=False, soft_wrap=True)


def check(
    study: StudyFile,
    vault: VaultFolder = None,
    permit: Annotated[Path | None, typer.Option(help="The permit to ask under, as it was issued.")] = None,
    save: Annotated[Path | None, typer.Option(help="Write the specification here as JSON.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For machines.")] = False,
) -> None:
    """Say in under a second what a study uses and costs, whether a permit covers it, and every mistake.

    Example: helseanalyse check study.py --vault demo/vault
    """
    from helseanalyse.study.check import check as find_problems
    from helseanalyse.study.codec import digest, dump
    from helseanalyse.study.cost import cost
    from helseanalyse.study.need import need
    from helseanalyse.vault.open import Vault

    with told():
        asked = study_from(study)
        opened = Vault.open(vault) if vault else None
        catalogue = opened.catalogue() if opened else norway()
        problems, paths = find_problems(asked, catalogue), need(asked, catalogue)
        price = cost(asked, _rows_of(opened, paths)) if opened else None
        leave, covered = _covered(paths, permit_from(permit) or _own(opened), catalogue)
        if save:
            save.write_text(dump(asked), encoding="utf-8")
    if as_json:
        told_problems = [
            {"id": p.id, "severity": p.severity, "place": p.place, "what": p.what(), "remedy": p.remedy()}
            for p in problems
        ]
        content: dict[str, object] = {"title": asked.title, "digest": digest(asked), "need": sorted(paths)}
        content |= {"seconds": price.seconds if price else None, "rows": dict(price.rows) if price else None}
        content |= {"covered": covered, "permit": leave, "problems": told_problems}
        typer.echo(json.dumps(content, ensure_ascii=False, indent=1))
    else:
        for problem in problems:
            colour = "red" if problem.severity == "error" else "yellow"
            out.print(f"[{colour}]{problem.severity}[/] {escape(str(problem))}")
        tree = _used(f"[bold]{escape(asked.title)}[/] [dim]{digest(asked)[:12]}[/]", paths, opened, catalogue)
        out.print(tree, crop=False, overflow="ignore", no_wrap=True)
        if price:
            rows = f"{sum(count for _, count in price.rows):,}".replace(",", " ")
            out.print(f"Looks at about {rows} rows: some {max(price.seconds, 0.1):.1f} s on one core.")
        out.print(leave, style="green" if covered else "yellow")
    if any(problem.severity == "error" for problem in problems):
        raise typer.Exit(Exit.MISTAKE)


def rehearsal(study: StudyFile, vault: VaultFolder = None) -> None:
    """Run a study's own tests: made-up persons, and what must come out for them.

    Example: helseanalyse test study.py
    """
    from helseanalyse.release.rehearse import rehearse
    from helseanalyse.vault.open import Vault

    with told():
        asked = study_from(study)
        catalogue = Vault.open(vault).catalogue() if vault else norway()
        results = rehearse(asked, catalogue)
    for result in results:
        sign = "[green]passed[/]" if result.passed else "[red]failed[/]"
        out.print(f"{sign} {escape(result.name)}" + "".join(f"\n       {escape(line)}" for line in result.says))
    wrong = sum(not result.passed for result in results)
    out.print(f"{len(results) - wrong} passed, {wrong} failed")
    if not results:
        terminal.print("The study has no tests. Write some: study.expects(person(...), included=True)")
    if wrong or not results:
        raise typer.Exit(Exit.MISTAKE)


def explain(study: StudyFile, vault: VaultFolder = None) -> None:
    """Show the SQL that answers a study, step by step, each with a sentence that says why.

    Example: helseanalyse explain study.py
    """
    from helseanalyse.release.explain import explained
    from helseanalyse.vault.open import Vault

    with told():
        opened = Vault.open(vault) if vault else None
        steps = explained(study_from(study), opened.catalogue() if opened else norway())
    for step in steps:
        typer.echo(f"-- {step.name}: {step.why}\n{step.sql};\n")


def _rows_of(vault: Vault, paths: frozenset[str]) -> dict[str, int]:
    """The rows of every table that a study reads, by its path."""
    tables = {path.rpartition(".")[0] for path in paths}
    held = {table: vault.manifest(table.split(".")[0]).tables for table in tables}
    return {table: held[table][table.split(".")[1]].rows for table in tables}


def _own(vault: Vault | None) -> Permit | None:
    """The permit that a synthetic vault carries for itself."""
    from helseanalyse.release.own_permit import own_permit

    return own_permit(vault) if vault else None


def _covered(paths: frozenset[str], permit: Permit | None, catalogue: Catalogue) -> tuple[str, bool]:
    """Whether the study may run, in words and as a truth value."""
    try:
        leave = grant(paths, permit, today()) if permit else grant_public(paths, catalogue)
    except PermitError as error:
        return str(error), False
    if not leave.permit:
        return "Needs no permit: every registry that it uses is public, and numbers are exact.", True
    return f"Permit {leave.permit} covers it, in the {leave.lane} lane.", True


def _used(title: str, paths: frozenset[str], vault: Vault | None, catalogue: Catalogue) -> Tree:
    """What the study reads, as a small tree: registry, table, columns."""
    tree = Tree(title)
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
    return f" [dim]({f'{facts.rows:,}'.replace(',', ' ')} rows{years})[/]"
