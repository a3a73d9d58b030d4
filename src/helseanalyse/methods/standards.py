"""Standard populations by age, for direct standardisation, and their collapse to a study's age bands."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches

import numpy as np

from helseanalyse.methods.bands import AgeBands
from helseanalyse.methods.checks import Floats, MethodError, frozen


@dataclass(frozen=True, kw_only=True, slots=True)
class StandardPopulation:
    """Persons by age, as a published standard gives them.

    lower: the first age of each group; the last group is open. persons: in whole units of the published total
    (about 100,000). source: where the figures come from. verified: checked against that source; if not,
    the report says so (independent public transcriptions agree with all figures here).
    """

    name: str
    title: str
    lower: tuple[int, ...]
    persons: tuple[int, ...]
    source: str
    verified: bool

    def __post_init__(self) -> None:
        if len(self.lower) != len(self.persons) or min(self.persons) <= 0:
            raise MethodError(f"Standard {self.name} must have one number above 0 for each age group.")

    @property
    def bands(self) -> AgeBands:
        """The standard's own age groups."""
        return AgeBands(self.lower)

    def weights(self, bands: AgeBands) -> StandardWeights:
        """The standard's weights for the bands of a study, summing to 1.

        Bands may be wider than the standard's groups, and may begin later or end earlier: the standard is
        then restricted to the ages of the bands, and `covered` says how much of it that is, for the footnote.
        Raises MethodError where an edge cuts through one of the standard's groups.

        >>> found = NORDIC_2000.weights(AgeBands((40, 65)))
        >>> found.weights.round(4).tolist(), found.covered
        ([0.6708, 0.3292], 0.48)
        """
        edges = [*bands.lower, *([] if bands.last is None else [bands.last + 1])]
        if cut := [edge for edge in edges if edge not in self.lower]:
            raise MethodError(
                f"The standard {self.name} has no age limit at {', '.join(map(str, cut))}. "
                f"Begin bands only at {', '.join(map(str, self.lower))}."
            )
        index = bands.index(np.array(self.lower, dtype=np.int64))
        persons = [
            sum(n for n, i in zip(self.persons, index, strict=True) if i == band) for band in range(len(bands.lower))
        ]
        inside = sum(persons)
        return StandardWeights(self, bands, frozen(np.array([n / inside for n in persons])), inside / sum(self.persons))


@dataclass(frozen=True, slots=True, eq=False)
class StandardWeights:
    """A standard population on a study's age bands. weights: (bands,), sum 1. covered: the share of it inside."""

    standard: StandardPopulation
    bands: AgeBands
    weights: Floats
    covered: float


_FIVE_YEARS = tuple(range(0, 90, 5))

NORDIC_2000 = StandardPopulation(
    name="nordic-2000",
    title="Nordic standard population 2000",
    lower=_FIVE_YEARS,
    persons=(
        5900, 6600, 6200, 5800, 6100, 6800, 7300, 7300, 7000,
        6900, 7400, 6100, 4800, 4100, 3900, 3500, 2400, 1900,
    ),
    source="NORDCAN, Association of the Nordic Cancer Registries",
    verified=True,
)  # fmt: skip

WORLD_SEGI = StandardPopulation(
    name="world-segi",
    title="World standard population (Segi 1960, modified by Doll 1966)",
    lower=_FIVE_YEARS,
    persons=(
        12000, 10000, 9000, 9000, 8000, 8000, 6000, 6000, 6000,
        6000, 5000, 4000, 4000, 3000, 2000, 1000, 500, 500,
    ),
    source="Doll, Payne and Waterhouse (eds), Cancer Incidence in Five Continents, volume I, 1966",
    verified=True,
)  # fmt: skip

EUROPEAN_1976 = StandardPopulation(
    name="european-1976",
    title="European standard population 1976",
    lower=_FIVE_YEARS,
    persons=(
        8000, 7000, 7000, 7000, 7000, 7000, 7000, 7000, 7000,
        7000, 7000, 6000, 5000, 4000, 3000, 2000, 1000, 1000,
    ),
    source="Waterhouse et al. (eds), Cancer Incidence in Five Continents, volume III, 1976",
    verified=True,
)  # fmt: skip

EUROPEAN_2013 = StandardPopulation(
    name="european-2013",
    title="European standard population 2013",
    lower=(0, 1, *range(5, 100, 5)),
    persons=(
        1000, 4000, 5500, 5500, 5500, 6000, 6000, 6500, 7000, 7000, 7000,
        7000, 6500, 6000, 5500, 5000, 4000, 2500, 1500, 800, 200,
    ),
    source="Eurostat, Revision of the European Standard Population, 2013, ISBN 978-92-79-31094-2",
    verified=False,
)  # fmt: skip

WHO_2000_2025 = StandardPopulation(
    name="who-2000-2025",
    title="WHO world standard population 2000-2025",
    lower=tuple(range(0, 105, 5)),
    # Per cent to two or three decimals in the source, here times 1,000; they sum to 100,035, not 100,000.
    persons=(
        8860, 8690, 8600, 8470, 8220, 7930, 7610, 7150, 6590, 6040, 5370,
        4550, 3720, 2960, 2210, 1520, 910, 440, 150, 40, 5,
    ),
    source="Ahmad et al., Age standardization of rates: a new WHO standard. GPE Discussion Paper 31, 2001",
    verified=False,
)  # fmt: skip

STANDARDS = {
    standard.name: standard for standard in (NORDIC_2000, WORLD_SEGI, EUROPEAN_1976, EUROPEAN_2013, WHO_2000_2025)
}


def standard_population(name: str) -> StandardPopulation:
    """The standard population of that name.

    >>> standard_population("nordic-2000").title
    'Nordic standard population 2000'
    >>> standard_population("Nordic 2000")
    Traceback (most recent call last):
    helseanalyse.methods.checks.MethodError: There is no standard population 'Nordic 2000'. Did you mean nordic-2000?
    There are: european-1976, european-2013, nordic-2000, who-2000-2025, world-segi.
    """
    if name in STANDARDS:
        return STANDARDS[name]
    spelt = "-".join(name.casefold().replace("_", " ").replace("-", " ").split())
    near = get_close_matches(spelt, STANDARDS, n=1, cutoff=0.4)
    hint = f" Did you mean {near[0]}?" if near else ""
    raise MethodError(f"There is no standard population {name!r}.{hint}\nThere are: {', '.join(sorted(STANDARDS))}.")
