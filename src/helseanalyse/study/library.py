"""Definitions that studies share: diseases by code, and the comorbidity scores made of them.

The groups are those of Quan et al. 2005 (Medical Care 43:1130), as ICD-10 prefixes; the weights are those of
Charlson et al. 1987 (Journal of Chronic Diseases 40:373) and of Quan et al. 2011 (American Journal of
Epidemiology 173:676). They are published facts, typed anew; tests hold the worked example.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from helseanalyse.catalogue.codes import system
from helseanalyse.catalogue.model import Label
from helseanalyse.study.types import CodeList

QUAN_2005 = "Quan et al. 2005, Medical Care 43:1130"
WEIGHTS = ("charlson-1987", "quan-2011")


@dataclass(frozen=True, kw_only=True, slots=True)
class Comorbidity:
    """One group of a score: its codes as prefixes, its weights, and the milder group that it takes the place of.

    codes: ICD-10 codes and ranges as people write them, all with their children. milder: a person with this group is
    not counted in that one (complicated diabetes takes the place of uncomplicated).
    """

    name: str
    label: Label
    codes: str
    charlson_1987: int
    quan_2011: int
    milder: str | None = None

    def weight(self, weights: str) -> int:
        """The weight in one of the two sets; KeyError for another."""
        return {"charlson-1987": self.charlson_1987, "quan-2011": self.quan_2011}[weights]

    @property
    def code_list(self) -> CodeList:
        """The codes as a list for `within`."""
        return _code_list(self.name, self.label.en, self.codes)


@cache
def _code_list(name: str, label: str, text: str) -> CodeList:
    icd10 = system("ICD-10")
    codes: set[str] = set()
    for part in text.split():
        codes.update(_expanded(part))
    return CodeList("ICD-10", tuple(sorted(codes)), icd10.version, QUAN_2005, label)


def _expanded(part: str) -> set[str]:
    """A code, or a range of codes of the same length whose last digits run: N032-N037, E10-E14."""
    if "-" not in part:
        return {part}
    first, last = part.split("-")
    stem = first[:-1] if len(first) == 4 else first[:1]
    width = len(first) - len(stem)
    return {f"{stem}{number:0{width}d}" for number in range(int(first[len(stem) :]), int(last[len(stem) :]) + 1)}


def _diabetes(fourth: str) -> str:
    return " ".join(f"E{number}{digit}" for number in range(10, 15) for digit in fourth)


QUAN: tuple[Comorbidity, ...] = (
    Comorbidity(
        name="myocardial infarction",
        label=Label("hjerteinfarkt", "myocardial infarction"),
        codes="I21 I22 I252",
        charlson_1987=1,
        quan_2011=0,
    ),
    Comorbidity(
        name="heart failure",
        label=Label("hjertesvikt", "heart failure"),
        codes="I099 I110 I130 I132 I255 I420 I425-I429 I43 I50 P290",
        charlson_1987=1,
        quan_2011=2,
    ),
    Comorbidity(
        name="peripheral vascular disease",
        label=Label("perifer karsykdom", "peripheral vascular disease"),
        codes="I70 I71 I731 I738 I739 I771 I790 I792 K551 K558 K559 Z958 Z959",
        charlson_1987=1,
        quan_2011=0,
    ),
    Comorbidity(
        name="cerebrovascular disease",
        label=Label("hjernekarsykdom", "cerebrovascular disease"),
        codes="G45 G46 H340 I60-I69",
        charlson_1987=1,
        quan_2011=0,
    ),
    Comorbidity(
        name="dementia",
        label=Label("demens", "dementia"),
        codes="F00-F03 F051 G30 G311",
        charlson_1987=1,
        quan_2011=2,
    ),
    Comorbidity(
        name="chronic pulmonary disease",
        label=Label("kronisk lungesykdom", "chronic pulmonary disease"),
        codes="I278 I279 J40-J47 J60-J67 J684 J701 J703",
        charlson_1987=1,
        quan_2011=1,
    ),
    Comorbidity(
        name="rheumatic disease",
        label=Label("revmatisk sykdom", "rheumatic disease"),
        codes="M05 M06 M315 M32-M34 M351 M353 M360",
        charlson_1987=1,
        quan_2011=1,
    ),
    Comorbidity(
        name="peptic ulcer",
        label=Label("magesår", "peptic ulcer"),
        codes="K25-K28",
        charlson_1987=1,
        quan_2011=0,
    ),
    Comorbidity(
        name="mild liver disease",
        label=Label("lett leversykdom", "mild liver disease"),
        codes="B18 K700-K703 K709 K713-K715 K717 K73 K74 K760 K762-K764 K768 K769 Z944",
        charlson_1987=1,
        quan_2011=2,
    ),
    Comorbidity(
        name="diabetes without complications",
        label=Label("diabetes uten komplikasjoner", "diabetes without complications"),
        codes=_diabetes("01689"),
        charlson_1987=1,
        quan_2011=0,
    ),
    Comorbidity(
        name="diabetes with complications",
        label=Label("diabetes med komplikasjoner", "diabetes with complications"),
        codes=_diabetes("23457"),
        charlson_1987=2,
        quan_2011=1,
        milder="diabetes without complications",
    ),
    Comorbidity(
        name="hemiplegia or paraplegia",
        label=Label("hemiplegi eller paraplegi", "hemiplegia or paraplegia"),
        codes="G041 G114 G801 G802 G81 G82 G830-G834 G839",
        charlson_1987=2,
        quan_2011=2,
    ),
    Comorbidity(
        name="renal disease",
        label=Label("nyresykdom", "renal disease"),
        codes="I120 I131 N032-N037 N052-N057 N18 N19 N250 Z490-Z492 Z940 Z992",
        charlson_1987=2,
        quan_2011=1,
    ),
    Comorbidity(
        name="malignancy",
        label=Label("kreft", "malignancy"),
        codes="C00-C26 C30-C34 C37-C41 C43 C45-C58 C60-C76 C81-C85 C88 C90-C97",
        charlson_1987=2,
        quan_2011=2,
    ),
    Comorbidity(
        name="moderate or severe liver disease",
        label=Label("moderat eller alvorlig leversykdom", "moderate or severe liver disease"),
        codes="I850 I859 I864 I982 K704 K711 K721 K729 K765-K767",
        charlson_1987=3,
        quan_2011=4,
        milder="mild liver disease",
    ),
    Comorbidity(
        name="metastatic solid tumour",
        label=Label("kreft med spredning", "metastatic solid tumour"),
        codes="C77-C80",
        charlson_1987=6,
        quan_2011=6,
        milder="malignancy",
    ),
    Comorbidity(
        name="aids or hiv",
        label=Label("aids eller hiv", "AIDS or HIV"),
        codes="B20-B22 B24",
        charlson_1987=6,
        quan_2011=4,
    ),
)

# The ten that most studies describe a cohort by, in the order of the score.
COMMON: tuple[str, ...] = (
    "myocardial infarction",
    "heart failure",
    "peripheral vascular disease",
    "cerebrovascular disease",
    "dementia",
    "chronic pulmonary disease",
    "rheumatic disease",
    "diabetes with complications",
    "renal disease",
    "malignancy",
)
