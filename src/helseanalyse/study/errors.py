"""What a study raises: every mistake that was found, each with its place and its remedy."""

from __future__ import annotations

from collections.abc import Iterable

from helseanalyse.study.problem import Problem


class StudyError(Exception):
    """A study that cannot be: its problems, or one sentence that says what is wrong and what to do."""

    def __init__(self, said: str | Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = () if isinstance(said, str) else tuple(said)
        super().__init__(said if isinstance(said, str) else "\n".join(str(each) for each in self.problems))

    def _render_traceback_(self) -> list[str]:
        """What a notebook shows: the message alone, without our own frames."""
        return [str(self)]


class SpecificationError(StudyError):
    """A specification in JSON that cannot be read: every mistake, with its place in the file and its remedy."""
