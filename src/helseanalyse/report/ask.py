"""Ask from a notebook or a script: the same road out as the command line, and an answer that shows itself.

from helseanalyse import ask
ask(study, vault="demo/vault")
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from helseanalyse.catalogue.model import Catalogue
from helseanalyse.permit.permit import read
from helseanalyse.release.bundle import files
from helseanalyse.release.folder import check_place, replace_folder
from helseanalyse.release.release import Release, Resources, release
from helseanalyse.report.bundle import report_files
from helseanalyse.report.fragment import answer_html
from helseanalyse.study.answer import SafeTable
from helseanalyse.study.specification import Specification
from helseanalyse.vault.open import Vault


class Buildable(Protocol):
    """What can be asked: a study of the language, which gives its specification."""

    def specification(self) -> Specification:
        """The frozen study."""
        ...


@dataclass(frozen=True, slots=True, repr=False)
class Answer:
    """A released answer: its tables by id, itself as tables and pictures in a notebook, and its bundle on disk."""

    release: Release
    catalogue: Catalogue
    language: str = "en"

    @property
    def tables(self) -> dict[str, SafeTable]:
        """Every released table by its id."""
        return {table.id: table for table in self.release.answer.tables}

    def save(self, folder: Path | str) -> Path:
        """Writes the bundle, as `helseanalyse run` does, and returns the path of the report."""
        found, out = self.release, Path(folder)
        pages = report_files(
            found.answer, found.study, found.receipt, found.seconds, self.language, catalogue=self.catalogue
        )
        replace_folder(out, {**files(found), **pages})
        return out / "report.html"

    def __repr__(self) -> str:
        answer = self.release.answer
        return f"<Answer to {answer.title!r}: {', '.join(self.tables)}; lane {answer.lane}>"

    def _repr_html_(self) -> str:
        return answer_html(self.release.answer, self.release.study, language=self.language)


def ask(
    study: Buildable | Specification,
    *,
    vault: Path | str,
    permit: Path | str | None = None,
    out: Path | str | None = None,
    language: str = "en",
    resources: Resources | None = None,
) -> Answer:
    """Answers a study from a vault; in a notebook the answer shows itself as tables and pictures.

    permit: the file of a permit, where the vault asks for one. out: a folder for the bundle as well. Raises what the
    command line tells: PermitError, ReleaseError, VaultError, EngineError.
    """
    asked = study if isinstance(study, Specification) else study.specification()
    if out is not None:
        check_place(Path(out))
    opened = Vault.open(vault)
    given = None if permit is None else read(Path(permit).read_text(encoding="utf-8"))
    found = release(asked, opened, given, datetime.now(UTC).date(), resources)
    answer = Answer(found, opened.catalogue(), language)
    if out is not None:
        answer.save(out)
    return answer
