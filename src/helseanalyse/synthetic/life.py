"""The whole life of each person of a batch, and when the registries can see it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from helseanalyse.synthetic import acute, disease
from helseanalyse.synthetic.acute import Attacks
from helseanalyse.synthetic.calendar import NEVER, STOP, Days
from helseanalyse.synthetic.death import deaths
from helseanalyse.synthetic.disease import Course
from helseanalyse.synthetic.draw import Bools, Draw, Ints
from helseanalyse.synthetic.people import Layout, People, people
from helseanalyse.synthetic.traits import Traits, traits


@dataclass(frozen=True, slots=True)
class Lives:
    """The lives of a batch: n persons, arrays of n. died: day of death in Norway, NEVER if none by STOP.

    cause: index into death.CAUSES. infarctions, strokes: first and second attack.
    """

    people: People
    traits: Traits
    course: Course
    infarctions: tuple[Attacks, Attacks]
    strokes: tuple[Attacks, Attacks]
    died: Days
    cause: npt.NDArray[np.int8]

    def resident(self, rows: Ints, on: npt.NDArray[np.integer]) -> Bools:
        """Whether the persons at `rows` live in Norway on those days; the day of death counts."""
        who = self.people
        first = (on >= who.arrived[rows]) & (on < who.left[rows])
        second = (on >= who.back[rows]) & (on < who.left_again[rows])
        return (first | second) & (on <= self.died[rows]) & (on < STOP)


def lives(layout: Layout, seed: int, pid: Ints, rare: float = 1.0) -> Lives:
    """The lives of the persons with these numbers. rare: factor on rare diseases (`disease.boost`)."""
    who = people(layout, seed, pid)
    kept = traits(who, seed)
    ill = disease.course(who, kept, seed, rare)
    infarctions = acute.infarctions(who, ill.since["infarction"], seed)
    strokes = acute.strokes(who, ill.since["stroke"], seed)
    _treat_after(Draw(seed, pid), ill, infarctions[0])
    died, cause = deaths(who, kept, ill, infarctions, strokes, seed)
    who, died = _stay(who, died)
    return Lives(who, kept, ill, infarctions, strokes, died, cause)


def _treat_after(draw: Draw, ill: Course, infarction: Attacks) -> None:
    """Nine of ten who survive an infarction get a statin within days."""
    given = draw.chance("drug.statin.after", 0.9) & (infarction.kills_on == NEVER) & (infarction.on < NEVER)
    start = infarction.on + 3 + np.floor(5 * draw.uniform("drug.statin.wait"))
    ill.since["statin"] = np.where(given, np.minimum(ill.since["statin"], start), ill.since["statin"]).astype(np.int32)


def _stay(who: People, died: Days) -> tuple[People, Days]:
    """Deaths abroad are not known, and the dead do not move."""
    died = np.where(died >= STOP, NEVER, died)
    away = (died >= who.left) & (died < who.back)
    gone = died >= who.left_again
    back = np.where(died < who.back, NEVER, who.back)
    left_again = np.where(back == NEVER, NEVER, who.left_again)
    left = np.where(died < who.left, NEVER, who.left)
    left_again = np.where(died < left_again, NEVER, left_again)
    died = np.where(away | gone, NEVER, died).astype(np.int32)
    moved = replace(who, left=left.astype(np.int32), back=back.astype(np.int32), left_again=left_again.astype(np.int32))
    return moved, died
