"""The one road out: permit, engine, disclosure, ledger, audit, in that order.

Nothing else imports the engine, and nothing but a `SafeAnswer` comes back. What is asked stands in
the log before anything runs, so that a refusal and a crash leave a trace too.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from importlib.metadata import version as installed
from pathlib import Path
from time import perf_counter

from helseanalyse.audit import Log, Receipt
from helseanalyse.catalogue.model import Catalogue
from helseanalyse.disclosure.rules import rules_for
from helseanalyse.disclosure.safe import disclose
from helseanalyse.engine.run import Settings, answer
from helseanalyse.permit import Grant, Permit, PermitError, grant, grant_public
from helseanalyse.release.ledger import Ledger
from helseanalyse.release.own_permit import own_permit
from helseanalyse.release.sensitivity import health_variables
from helseanalyse.study.answer import DataVersion, RawAnswer, SafeAnswer
from helseanalyse.study.check import check
from helseanalyse.study.codec import digest
from helseanalyse.study.need import need
from helseanalyse.study.specification import Specification
from helseanalyse.vault.open import Vault


class ReleaseError(Exception):
    """A study that was not answered: why, and what to do."""


@dataclass(frozen=True, slots=True)
class Release:
    """A released answer, with its study, its place in the log, and the seconds that it took."""

    study: Specification
    answer: SafeAnswer
    receipt: Receipt
    seconds: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Resources:
    """What a run may use. on_step is told each step as it ends: its name and seconds, never a count."""

    threads: int = 2
    memory: str = "2GB"
    seconds: float | None = None
    on_step: Callable[[str, float], None] | None = field(default=None, compare=False)


def release(
    study: Specification, vault: Vault, permit: Permit | None, today: date, resources: Resources | None = None
) -> Release:
    """Answers a study from a vault, under a permit (None: only public registries, or a synthetic vault's own permit).

    Raises PermitError, ReleaseError (mistakes in the study, all at once) or an error of the engine or the vault.
    """
    began = perf_counter()
    log, asked = Log(vault.path / "audit"), digest(study)
    permit = permit or own_permit(vault)
    named = permit.id if permit else ""
    log.append("asked", {"study": asked, "permit": named})
    try:
        catalogue = vault.catalogue()
        refuse_mistakes(study, catalogue)
        leave = _leave(need(study, catalogue), permit, vault, catalogue, today)
        versions = _versions(study, leave, vault)
    except (PermitError, ReleaseError) as error:
        log.append("refused", {"study": asked, "permit": named, "why": type(error).__name__})
        raise
    raw = _run(study, leave, vault, catalogue, versions, resources or Resources())
    rules = rules_for(leave)
    safe = SafeAnswer(
        title=study.title,
        digest=asked,
        lane=rules.lane,
        data=versions,
        tables=disclose(raw, study, rules, health_variables(study, catalogue)),
        rules=rules.sources,
        permit=named,
        software=f"helseanalyse {installed('helseanalyse')}",
    )
    released = Ledger(vault.path / "ledger").append(safe, asked)
    receipt = log.append("released", {"study": asked, "permit": named, "lane": safe.lane, "answer": released})
    return Release(study, safe, receipt, perf_counter() - began)


def refuse_mistakes(study: Specification, catalogue: Catalogue) -> None:
    """Raises ReleaseError with every mistake of a study at once, each with its place and its remedy."""
    mistakes = [finding for finding in check(study, catalogue) if finding.severity == "error"]
    if mistakes:
        raise ReleaseError(
            f"The study cannot be answered: {len(mistakes)} {'mistake' if len(mistakes) == 1 else 'mistakes'}.\n"
            + "\n".join(str(finding) for finding in mistakes)
        )


def _leave(paths: frozenset[str], permit: Permit | None, vault: Vault, catalogue: Catalogue, today: date) -> Grant:
    if permit is None:
        return grant_public(paths, catalogue)
    if permit.synthetic and not vault.synthetic:
        raise PermitError(
            f"Permit {permit.id} is for synthetic data only, and this vault holds real data. "
            "Give a permit that was issued for it."
        )
    leave = grant(paths, permit, today)
    closed = {registry.name for registry in catalogue.registries if not registry.public}
    if leave.lane == "open" and (wrong := sorted({path.split(".", 1)[0] for path in paths} & closed)):
        raise PermitError(
            f"Permit {permit.id} asks for exact numbers, but {', '.join(wrong)} is not public. "
            "The open profile is for public registries only; ask for a permit of the checked lane."
        )
    return leave


def _versions(study: Specification, leave: Grant, vault: Vault) -> tuple[DataVersion, ...]:
    """The version of each registry that the study reads: the one it pins, else the newest."""
    pins, used = dict(study.pins), {path.split(".", 1)[0] for path in leave.need}
    found = []
    for name in vault.registries():
        if name not in used and not vault.describe(name).universe:
            continue
        manifest = vault.manifest(name, pins.get(name))
        registry = vault.describe(name, manifest.version)
        found.append(
            DataVersion(
                registry=name,
                version=manifest.version,
                sha256=manifest.sha256,
                complete_to=manifest.complete_to,
                label=registry.label.en,
                public=registry.public,
                synthetic=vault.synthetic,
            )
        )
    return tuple(found)


def _run(
    study: Specification,
    leave: Grant,
    vault: Vault,
    catalogue: Catalogue,
    versions: tuple[DataVersion, ...],
    resources: Resources,
) -> RawAnswer:
    files: Mapping[str, Path] = {data.registry: vault.file(data.registry, data.version) for data in versions}
    last_day = min([study.end, *(data.complete_to for data in versions if data.complete_to)])
    with tempfile.TemporaryDirectory(prefix="helseanalyse-") as temp:
        settings = Settings(
            threads=resources.threads,
            memory=resources.memory,
            seconds=resources.seconds,
            temp=Path(temp),
            on_step=resources.on_step,
        )
        return answer(study, leave, files, catalogue, last_day=last_day, settings=settings)
