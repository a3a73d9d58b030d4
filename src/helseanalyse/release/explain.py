"""What a study would do to the data, for a person to read. Nothing is read, so no permit is needed."""

from __future__ import annotations

from helseanalyse.catalogue.model import Catalogue
from helseanalyse.engine.explain import ReadableStep, explain
from helseanalyse.release.release import refuse_mistakes
from helseanalyse.study.specification import Specification


def explained(study: Specification, catalogue: Catalogue) -> tuple[ReadableStep, ...]:
    """The steps that answer a study, each with its SQL and a sentence that says why.

    A code list stands for itself here; when the study runs, it is replaced by the codes that the registry holds.
    Raises ReleaseError with every mistake of the study.
    """
    refuse_mistakes(study, catalogue)
    return explain(study, catalogue)
