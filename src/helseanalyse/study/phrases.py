"""The words for each operation, in English and bokmål: templates that `study.words` fills in."""

from __future__ import annotations

# (English, bokmål). Words in {braces} are the operands in words.
PHRASES: dict[str, tuple[str, str]] = {
    # comparisons; "date" variants for days
    "==": ("{left} is {right}", "{left} er {right}"),
    "!=": ("{left} is not {right}", "{left} er ikke {right}"),
    "<": ("{left} is below {right}", "{left} er under {right}"),
    "<=": ("{left} is at most {right}", "{left} er høyst {right}"),
    ">": ("{left} is above {right}", "{left} er over {right}"),
    ">=": ("{left} is at least {right}", "{left} er minst {right}"),
    "date <": ("{left} is before {right}", "{left} er før {right}"),
    "date <=": ("{left} is on or before {right}", "{left} er på eller før {right}"),
    "date >": ("{left} is after {right}", "{left} er etter {right}"),
    "date >=": ("{left} is on or after {right}", "{left} er på eller etter {right}"),
    # truth
    "and": (" and ", " og "),
    "or": (" or ", " eller "),
    "not": ("it is not so that {of}", "det er ikke slik at {of}"),
    "is_null": ("{of} is unknown", "{of} er ukjent"),
    "known": ("{of} is known", "{of} er kjent"),
    "not true": ("not known to be so that {of}", "ikke kjent at {of}"),
    "in": ("{of} is one of {values}", "{of} er en av {values}"),
    "in nothing": ("{of} is one of none", "{of} er en av ingen"),
    "in_set": ("{of} is among the values of {members}", "{of} er blant verdiene av {members}"),
    "contains": ("{of} contains {text}", "{of} inneholder {text}"),
    "exact": ("{of} is exactly {codes}", "{of} er nøyaktig {codes}"),
    "with_children": ("{of} is {codes} or below", "{of} er {codes} eller en underkode"),
    "exact many": ("{of} include exactly {codes}", "{of} omfatter nøyaktig {codes}"),
    "with_children many": ("{of} include {codes} or a code below", "{of} omfatter {codes} eller en underkode"),
    # values
    "unknown": ("unknown", "ukjent"),
    "true": ("true", "sant"),
    "false": ("false", "usant"),
    "interval_start": ("the first day of the interval", "den første dagen i intervallet"),
    "interval_end": ("the last day of the interval", "den siste dagen i intervallet"),
    "if_null": ("{of}, or {other} where unknown", "{of}, eller {other} der det er ukjent"),
    "+": ("{left} plus {right}", "{left} pluss {right}"),
    "-": ("{left} minus {right}", "{left} minus {right}"),
    "*": ("{left} times {right}", "{left} ganger {right}"),
    "/": ("{left} divided by {right}", "{left} delt på {right}"),
    "//": ("{left} divided by {right}, floored", "{left} delt på {right}, avrundet nedover"),
    "%": ("the remainder of {left} divided by {right}", "resten av {left} delt på {right}"),
    "**": ("{left} to the power of {right}", "{left} opphøyd i {right}"),
    "negate": ("minus {of}", "minus {of}"),
    "cast int": ("{of} as a whole number", "{of} som heltall"),
    "cast bool": ("1 if {of}, else 0", "1 hvis {of}, ellers 0"),
    "cast float": ("{of}", "{of}"),
    "round": ("{of}, rounded", "{of}, avrundet"),
    "after": ("{amount} after {date}", "{amount} etter {date}"),
    "before": ("{amount} before {date}", "{amount} før {date}"),
    "same day": ("{date}", "{date}"),
    "age": ("age on {later}", "alder på {later}"),
    "date_diff days": ("days from {earlier} to {later}", "dager fra {earlier} til {later}"),
    "date_diff months": ("whole months from {earlier} to {later}", "hele måneder fra {earlier} til {later}"),
    "date_diff years": ("whole years from {earlier} to {later}", "hele år fra {earlier} til {later}"),
    "part year": ("the year of {of}", "året for {of}"),
    "part month": ("the month of {of}", "måneden for {of}"),
    "part day": ("the day of the month of {of}", "dagen i måneden for {of}"),
    "truncate month": ("the first day of the month of {of}", "den første dagen i måneden for {of}"),
    "truncate year": ("1 January of the year of {of}", "1. januar i året for {of}"),
    "least": ("the least of {parts}", "den minste av {parts}"),
    "greatest": ("the greatest of {parts}", "den største av {parts}"),
    "case": ("{branches}", "{branches}"),
    "branch": ("{value} if {condition}", "{value} hvis {condition}"),
    "otherwise": ("otherwise {value}", "ellers {value}"),
    "categorise": ("the group of {of}: {groups}", "gruppen for {of}: {groups}"),
    "look_up covering": ("{value} on {at}", "{value} på {at}"),
    "look_up on_or_before": ("the last {value} on or before {at}", "siste {value} på eller før {at}"),
    "look_up before": ("the last {value} before {at}", "siste {value} før {at}"),
    "max_age": ("{looked}, at most {days} days old", "{looked}, høyst {days} dager gammel"),
    "near": ("{what} from day {low} to day {high} round {at}", "{what} fra dag {low} til dag {high} rundt {at}"),
    "near exists": ("there is a {date}", "det finnes en {date}"),
    "near count": ("the number of {date}", "antall {date}"),
    "near sum": ("the sum of {value}", "summen av {value}"),
    "near mean": ("the mean of {value}", "gjennomsnittet av {value}"),
    "near min": ("the smallest {value}", "minste {value}"),
    "near max": ("the largest {value}", "største {value}"),
    "previous": ("{value} on the row before", "{value} på raden før"),
    "related": ("{value} of the person who is {by}", "{value} for personen som er {by}"),
    # one value a person
    "exists": ("there is at least one {of}", "det finnes minst én {of}"),
    "exists person": ("there is a {of}", "det finnes {of}"),
    "count": ("the number of {of}", "antall {of}"),
    "sum": ("the sum of {of}", "summen av {of}"),
    "mean": ("the mean of {of}", "gjennomsnittet av {of}"),
    "min": ("the smallest {of}", "minste {of}"),
    "max": ("the largest {of}", "største {of}"),
    "date min": ("the first {of}", "første {of}"),
    "date max": ("the last {of}", "siste {of}"),
    "any": ("on some row {of}", "på minst én rad {of}"),
    "all": ("on every row {of}", "på hver rad {of}"),
    "count_distinct": ("the number of different {of}", "antall ulike {of}"),
    "count_episodes": (
        "the number of episodes of {of} with gaps of at most {max_gap} days",
        "antall episoder av {of} med opphold på høyst {max_gap} dager",
    ),
    "covered_days": ("the number of days covered by {of}", "antall dager dekket av {of}"),
    "covers": ("{date} is within {of}", "{date} er innenfor {of}"),
    "covers_all": (
        "every day from {first} to {last} is within {of}",
        "hver dag fra {first} til {last} er innenfor {of}",
    ),
    "resident on": ("resident on {date}", "bosatt {date}"),
    "resident throughout": ("resident from {first} to {last}", "bosatt fra {first} til {last}"),
    "overlaps": ("{left} and {right} share a day", "{left} og {right} har en felles dag"),
    # rows
    "where": ("{of} where {conditions}", "{of} der {conditions}"),
    "first": ("the first {of}, by {by}", "første {of}, etter {by}"),
    "last": ("the last {of}, by {by}", "siste {of}, etter {by}"),
    "nth": ("the {of} number {position}, by {by}", "{of} nummer {position}, etter {by}"),
    "nth last": ("the {of} number {position} from the end, by {by}", "{of} nummer {position} bakfra, etter {by}"),
    "index row": ("the {of} of the index date", "{of} på indeksdatoen"),
    "sort": ("{of}, by {by}", "{of}, etter {by}"),
    "column": ("{name} of {of}", "{name} for {of}"),
    "start": ("the start of {of}", "starten på {of}"),
    "stop": ("the day after the end of {of}", "dagen etter slutten på {of}"),
    "n": ("the number of dates of {of}", "antall datoer i {of}"),
    "residence": ("residence in the country", "bosetting i landet"),
    "episodes": (
        "episodes of {of}, joined over gaps of at most {max_gap} days",
        "episoder av {of}, slått sammen over opphold på høyst {max_gap} dager",
    ),
    "supply": (
        "days supplied, {days} from {start}, each at least one day{details}",
        "dager med forsyning, {days} fra {start}, hver minst én dag{details}",
    ),
    "supply substance": ("each {substance} on its own", "hver {substance} for seg"),
    "supply grace": ("joined over gaps of at most {grace} days", "slått sammen over opphold på høyst {grace} dager"),
    "supply carry": ("what is left carried over", "resten overført"),
    "supply cap": ("what is left carried over, at most {cap} days", "resten overført, høyst {cap} dager"),
    "supply extension": ("{extension} days added after the last", "{extension} dager lagt til etter den siste"),
    "supply lag": ("beginning {lag} days later", "med start {lag} dager senere"),
    "supply minimum": ("from the dispensing number {minimum} on", "fra utlevering nummer {minimum}"),
    "spans": ("the time from {start} to the day before {stop}", "tiden fra {start} til dagen før {stop}"),
    "spans open": ("the time from {start} on", "tiden fra og med {start}"),
    "union": ("{parts}, together", "{parts}, samlet"),
    "intersect": ("{left} that is also {right}", "{left} som også er {right}"),
    "subtract": ("{left} without {right}", "{left} uten {right}"),
    "gaps": ("the gaps between {of}", "oppholdene mellom {of}"),
    "clip": ("{of}, cut to {ends}", "{of}, avgrenset til {ends}"),
    "from": ("from {day}", "fra {day}"),
    "until": ("until the day before {day}", "til dagen før {day}"),
    "shift": ("{of}, moved by {days} days", "{of}, flyttet {days} dager"),
    # parts of a study
    "universe": (
        "The study period is {start} to {end}. The study begins with everyone in {registry} {resident}.",
        "Studieperioden er {start} til {end}. Studien begynner med alle i {registry} {resident}.",
    ),
    "universe resident": (
        "who lived in the country at some time in the study period",
        "som bodde i landet en gang i studieperioden",
    ),
    "universe all": ("", ""),
    "index": (
        "The index date (day 0) is {value}; it lies in the study period.",
        "Indeksdatoen (dag 0) er {value}; den ligger i studieperioden.",
    ),
    "index date": ("the index date", "indeksdatoen"),
    "require": ("Included: {name}, that is, {holds}.", "Inkludert: {name}, det vil si {holds}."),
    "exclude": ("Excluded: {name}, that is, {holds}.", "Ekskludert: {name}, det vil si {holds}."),
    "variable": ('The variable "{name}" is {value}{bands}.', "Variabelen «{name}» er {value}{bands}."),
    "bands": (", in groups from {bands}", ", i grupper fra {bands}"),
    "changing": (
        'The exposure "{name}" is "{on}" during {periods}, and "{off}" otherwise.',
        "Eksponeringen «{name}» er «{on}» i {periods}, og «{off}» ellers.",
    ),
    "outcome": ('The outcome "{name}" is {on}.', "Utfallet «{name}» er {on}."),
    "follow": (
        (
            "Persons are followed from {start} to the first of {until}, and never beyond the last complete day of a "
            "registry used. {last_day}{competing}"
        ),
        (
            "Personene følges fra {start} til det første av {until}, og aldri forbi den siste komplette dagen i et "
            "register som brukes. {last_day}{competing}"
        ),
    ),
    "follow none": ("the end of the study period", "slutten av studieperioden"),
    "last day counts": ("The last day is itself a day at risk.", "Den siste dagen er selv en dag under risiko."),
    "last day does not count": (
        "The last day is not a day at risk; who starts and stops on one day drops out.",
        "Den siste dagen er ikke en dag under risiko; den som starter og slutter samme dag, faller ut.",
    ),
    "competing": (
        " On one day the outcome comes first. Competing: {names}.",
        " På samme dag kommer utfallet først. Konkurrerende: {names}.",
    ),
    "flow": ("Persons left after each criterion are counted.", "Gjenværende personer telles etter hvert kriterium."),
    "table_one": ("A table describes {of}{by}.", "En tabell beskriver {of}{by}."),
    "counts": ("Persons are counted{by}.", "Personer telles{by}."),
    "rates": (
        'Events, person-years and rates per {per} person-years of "{outcome}" are given{by}{bands}{standard}.',
        "Hendelser, personår og rater per {per} personår av «{outcome}» vises{by}{bands}{standard}.",
    ),
    "kaplan_meier": (
        'The risk of "{outcome}" over time is estimated by Kaplan-Meier{by}{horizon}.',
        "Risikoen for «{outcome}» over tid estimeres med Kaplan-Meier{by}{horizon}.",
    ),
    "aalen_johansen": (
        'The cumulative incidence of "{outcome}", with competing events, is estimated by Aalen-Johansen{by}{horizon}.',
        "Kumulativ insidens av «{outcome}», med konkurrerende hendelser, estimeres med Aalen-Johansen{by}{horizon}.",
    ),
    "incidence": (
        (
            'New cases of "{name}" ({event}) and rates per {per} person-years are given by {unit} from {first} to '
            "{last}{by}{bands}{standard}; an event within {washout} days after an earlier one is no new case."
        ),
        (
            "Nye tilfeller av «{name}» ({event}) og rater per {per} personår vises per {unit} fra {first} til {last}"
            "{by}{bands}{standard}; en hendelse innen {washout} dager etter en tidligere er ikke et nytt tilfelle."
        ),
    ),
    "trend": (
        (
            'The measure "{name}" is given by {unit} from {first} to {last}{by}{bands}: {numerator}, among those for '
            "whom {denominator}."
        ),
        "Målet «{name}» vises per {unit} fra {first} til {last}{by}{bands}: {numerator}, blant dem der {denominator}.",
    ),
    "by": (" by {names}", " etter {names}"),
    "age bands": (", in age groups from {bands} years", ", i aldersgrupper fra {bands} år"),
    "standard": (", standardised directly to {standard}", ", direkte standardisert til {standard}"),
    "horizon": (" to day {horizon}", " til dag {horizon}"),
    "pins": ("Registry versions: {pins}.", "Registerversjoner: {pins}."),
    # units
    "days": ("days", "dager"),
    "months": ("months", "måneder"),
    "years": ("years", "år"),
    "day": ("day", "dag"),
    "month": ("month", "måned"),
    "year": ("year", "år"),
    "quarter": ("quarter", "kvartal"),
    "more codes": ("{codes} and {more} more codes", "{codes} og {more} koder til"),
}

MONTHS = (
    ("January", "januar"), ("February", "februar"), ("March", "mars"), ("April", "april"), ("May", "mai"),
    ("June", "juni"), ("July", "juli"), ("August", "august"), ("September", "september"), ("October", "oktober"),
    ("November", "november"), ("December", "desember"),
)  # fmt: skip
