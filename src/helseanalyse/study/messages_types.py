"""Messages S013 to S017 and S030 to S049: types, grain, and which rows a value belongs to."""

from __future__ import annotations

from helseanalyse.study.message import Message

TYPES: dict[str, Message] = {
    "S013": Message(
        en="{left} and {right} are columns of the same table, but their rows are filtered in different ways.",
        do="Filter both in the same way, or aggregate each to one value per person first.",
        nb="{left} og {right} er kolonner i samme tabell, men radene er filtrert på ulike måter.",
        gjor="Filtrer begge på samme måte, eller aggreger hver av dem til én verdi per person først.",
    ),
    "S014": Message(
        en="{left} and {right} are columns of different tables, so they have no common row.",
        do=(
            "Aggregate each to one value per person, e.g. `.sum()` or `.first(by=...)`, or look one up at the other's "
            "date: `{left_rows}.look_up({right_column})`."
        ),
        nb="{left} og {right} er kolonner i ulike tabeller, så de har ingen felles rad.",
        gjor=(
            "Aggreger hver av dem til én verdi per person, f.eks. `.sum()` eller `.first(by=...)`, eller slå opp den "
            "ene på den andres dato: `{left_rows}.look_up({right_column})`."
        ),
    ),
    "S015": Message(
        en="{what} needs one value for each person, but {name} has one for each row.",
        do=(
            "Take one row a person with `.first(by=...)` or `.last(by=...)`, or aggregate: `.min()`, `.max()`, "
            "`.sum()`, `.any()`, or `.exists()` of its rows."
        ),
        nb="{what} trenger én verdi for hver person, men {name} har én for hver rad.",
        gjor=(
            "Ta én rad per person med `.first(by=...)` eller `.last(by=...)`, eller aggreger: `.min()`, `.max()`, "
            "`.sum()`, `.any()`, eller `.exists()` av radene."
        ),
    ),
    "S016": Message(
        en="{what} must be a truth value, but {name} is {type}.",
        do="Compare it with something, e.g. `x >= 40`, or ask `.exists()` of rows.",
        nb="{what} må være en sannhetsverdi, men {name} er {type}.",
        gjor="Sammenlign med noe, f.eks. `x >= 40`, eller spør om rader med `.exists()`.",
    ),
    "S017": Message(
        en="{name} already has one value for each person, so `.{how}()` has no rows to go through.",
        do="Leave `.{how}()` out, or use it on a column of a table with many rows a person.",
        nb="{name} har allerede én verdi for hver person, så `.{how}()` har ingen rader å gå gjennom.",
        gjor="Ta bort `.{how}()`, eller bruk den på en kolonne i en tabell med mange rader per person.",
    ),
    "S030": Message(
        en="{what} must be {wanted_type}, but {name} is {type}.",
        do=(
            "Use a value of that type; a comparison, `.year`, `.to_int()` and `.to_float()` make one type into another."
        ),
        nb="{what} må være {wanted_type}, men {name} er {type}.",
        gjor=(
            "Bruk en verdi av den typen; en sammenligning, `.year`, `.to_int()` og `.to_float()` gjør en type om til "
            "en annen."
        ),
    ),
    "S031": Message(
        en="The branches of a case have different types: {left} is {left_type} and {right} is {right_type}.",
        do="Give all branches, and `otherwise`, values of one type.",
        nb="Grenene i en case har ulike typer: {left} er {left_type} og {right} er {right_type}.",
        gjor="Gi alle grener, og `otherwise`, verdier av samme type.",
    ),
    "S032": Message(
        en=(
            "{left} is known to the {left_precision} and {right} to the {right_precision}, so they cannot be compared."
        ),
        do="Compare years with `.year`, or state a day with `.to_first_of_month()` or `.to_first_of_year()`.",
        nb="{left} er kjent på {left_precision} og {right} på {right_precision}, så de kan ikke sammenlignes.",
        gjor="Sammenlign år med `.year`, eller si hvilken dag med `.to_first_of_month()` eller `.to_first_of_year()`.",
    ),
    "S033": Message(
        en="{name} cannot be sorted: it is {type}.",
        do="Sort by a date, a number, a text, a code or a category.",
        nb="{name} kan ikke sorteres: det er {type}.",
        gjor="Sorter etter en dato, et tall, en tekst, en kode eller en kategori.",
    ),
    "S034": Message(
        en="{what} needs periods, and {name} has {grain} rows.",
        do="Use a period table, or make periods: `dates.episodes(max_gap=...)`, `supply(...)`, `spans(start, stop)`.",
        nb="{what} trenger perioder, og {name} har {grain}-rader.",
        gjor=(
            "Bruk en periodetabell, eller lag perioder: `datoer.episodes(max_gap=...)`, `supply(...)`, `spans(start, "
            "stop)`."
        ),
    ),
    "S035": Message(
        en="{what} has {name} twice.",
        do="Take one of them out.",
        nb="{what} har {name} to ganger.",
        gjor="Ta bort den ene.",
    ),
    "S036": Message(
        en="The code {code} is in both {left} and {right}, so a row with it belongs to two categories.",
        do="Take it out of one of them; a longer code in one list may refine a shorter one in the other.",
        nb="Koden {code} er i både {left} og {right}, så en rad med den hører til to kategorier.",
        gjor="Ta den ut av den ene; en lengre kode i én liste kan presisere en kortere i den andre.",
    ),
}
