"""Messages S001 to S029: Python habits, names, and what is written where it does not fit."""

from __future__ import annotations

from helseanalyse.study.message import Message

HABITS: dict[str, Message] = {
    "S001": Message(
        en="Python asked whether {name} is true, but it has an answer for each person, not one for all.",
        do=(
            "Write `&` for and, `|` for or, `~` for not, with brackets round each comparison: `(a > 1) & (b < 2)`; "
            "`case(when(...).then(...))` for if; `x.between(1, 3)` for `1 < x < 3`."
        ),
        nb="Python spurte om {name} er sant, men det har ett svar for hver person, ikke ett for alle.",
        gjor=(
            "Skriv `&` for og, `|` for eller, `~` for ikke, med parenteser rundt hver sammenligning: `(a > 1) & (b < "
            "2)`; `case(when(...).then(...))` for hvis; `x.between(1, 3)` for `1 < x < 3`."
        ),
    ),
    "S002": Message(
        en="{name} is compared with None, and a comparison with what is not known is itself not known.",
        do="Write `.is_null()` to ask whether a value is unknown, and `~x.is_null()` for known.",
        nb="{name} sammenlignes med None, og en sammenligning med noe ukjent er selv ukjent.",
        gjor="Skriv `.is_null()` for å spørre om en verdi er ukjent, og `~x.is_null()` for kjent.",
    ),
    "S003": Message(
        en="`{sign}` joins truth values, but {name} is {type}.",
        do="Put brackets round each comparison: `(a == 1) & (b == 2)`. Without them Python joins `1 & b` first.",
        nb="`{sign}` knytter sammen sannhetsverdier, men {name} er {type}.",
        gjor="Sett parenteser rundt hver sammenligning: `(a == 1) & (b == 2)`. Uten dem knytter Python `1 & b` først.",
    ),
    "S004": Message(
        en="`len()` cannot be taken of {name}: a study is a question, and nothing has been counted yet.",
        do="Write `.count()` for the number of rows a person has.",
        nb="`len()` kan ikke tas av {name}: en studie er et spørsmål, og ingenting er talt ennå.",
        gjor="Skriv `.count()` for antall rader en person har.",
    ),
    "S005": Message(
        en="`in` cannot look into {name}.",
        do=(
            "Write `x.is_in([...])` for stated values or for the values of another column, and `.within(codes)` or "
            "`.exactly(codes)` for a code list."
        ),
        nb="`in` kan ikke se inn i {name}.",
        gjor=(
            "Skriv `x.is_in([...])` for oppgitte verdier eller verdiene i en annen kolonne, og `.within(koder)` eller "
            "`.exactly(koder)` for en kodeliste."
        ),
    ),
    "S006": Message(
        en="{name} cannot be looped over or numbered with [ ]: no rows are here, only a question about them.",
        do="Take one row a person with `.first(by=...)`, `.last(by=...)` or `.nth(2, by=...)`, or aggregate.",
        nb="{name} kan ikke gjennomløpes eller nummereres med [ ]: her er ingen rader, bare et spørsmål om dem.",
        gjor="Ta én rad per person med `.first(by=...)`, `.last(by=...)` eller `.nth(2, by=...)`, eller aggreger.",
    ),
    "S007": Message(
        en="{owner} has no {name}.",
        do="Nearest: {nearest}.",
        nb="{owner} har ingen {name}.",
        gjor="Nærmest: {nearest}.",
    ),
    "S008": Message(
        en="There is no registry {name} in this catalogue.",
        do="Nearest: {nearest}.",
        nb="Det er ikke noe register {name} i denne katalogen.",
        gjor="Nærmest: {nearest}.",
    ),
    "S009": Message(
        en="{left} is {left_type} and {right} is {right_type}, so `{sign}` cannot compare them.",
        do='Compare two values of one type; dates are written as ISO texts, such as "2020-01-31".',
        nb="{left} er {left_type} og {right} er {right_type}, så `{sign}` kan ikke sammenligne dem.",
        gjor='Sammenlign to verdier av samme type; datoer skrives som ISO-tekst, for eksempel "2020-01-31".',
    ),
    "S010": Message(
        en="`{sign}` cannot be used between {left} ({left_type}) and {right} ({right_type}).",
        do=(
            "Arithmetic is for numbers. For dates: `date + days(30)`, and `(later - earlier).days`, `.months` or "
            "`.years`."
        ),
        nb="`{sign}` kan ikke brukes mellom {left} ({left_type}) og {right} ({right_type}).",
        gjor=(
            "Regning er for tall. For datoer: `dato + days(30)`, og `(senere - tidligere).days`, `.months` eller "
            "`.years`."
        ),
    ),
    "S011": Message(
        en="{text} is not a date.",
        do='Write it as year-month-day, such as "2020-01-31", or as a `datetime.date`.',
        nb="{text} er ikke en dato.",
        gjor='Skriv år-måned-dag, som "2020-01-31", eller en `datetime.date`.',
    ),
    "S012": Message(
        en="{what} must be {wanted}, and {got} was given.",
        do="Look it up in the manual of the language: docs/language.md.",
        nb="{what} må være {wanted}, men fikk {got}.",
        gjor="Se håndboken for språket: docs/language.md.",
    ),
    "S018": Message(
        en="{name} has no order, so it has no first or last row.",
        do="Write `.first(by=date)` with the column that decides, or `.sort_by(date)` before it.",
        nb="{name} har ingen rekkefølge, så den har ingen første eller siste rad.",
        gjor="Skriv `.first(by=dato)` med kolonnen som avgjør, eller `.sort_by(dato)` foran.",
    ),
    "S019": Message(
        en="{name} has no level {level}.",
        do="Its levels are {nearest}.",
        nb="{name} har ikke nivået {level}.",
        gjor="Nivåene er {nearest}.",
    ),
    "S020": Message(
        en="{name} is {type}, and the list is of codes of {system}.",
        do="Use a list of the same system; the catalogue says which system a column has.",
        nb="{name} er {type}, og listen har koder i {system}.",
        gjor="Bruk en liste i samme kodeverk; katalogen sier hvilket kodeverk en kolonne har.",
    ),
    "S021": Message(
        en="{name} holds codes, and `==` does not say whether their children count.",
        do="Write `.within(codes)` for codes with their children, or `.exactly(codes)` for these alone.",
        nb="{name} har koder, og `==` sier ikke om underkoder teller med.",
        gjor="Skriv `.within(koder)` for koder med underkoder, eller `.exactly(koder)` for bare disse.",
    ),
    "S022": Message(
        en="There is no code {code} in {system}.",
        do="Nearest: {nearest}.",
        nb="Det finnes ingen kode {code} i {system}.",
        gjor="Nærmest: {nearest}.",
    ),
    "S023": Message(
        en="The range from {low} to {high} is reversed, so nothing is in it.",
        do="Swap the two ends?",
        nb="Området fra {low} til {high} er snudd, så ingenting er i det.",
        gjor="Skal de to endene byttes om?",
    ),
    "S024": Message(
        en="There is no code system {name}.",
        do="There are {nearest}.",
        nb="Det finnes ikke noe kodeverk {name}.",
        gjor="Det finnes {nearest}.",
    ),
    "S025": Message(
        en="Two {things} are called {name}.",
        do="Give one of them another name: tables and figures go by name.",
        nb="To {things} heter {name}.",
        gjor="Gi den ene et annet navn: tabeller og figurer går etter navn.",
    ),
    "S026": Message(
        en="The code list {name} has no codes.",
        do="Write at least one code, or leave the condition out.",
        nb="Kodelisten {name} har ingen koder.",
        gjor="Skriv minst én kode, eller ta bort vilkåret.",
    ),
    "S027": Message(
        en="{left} is a list of {left_system} and {right} of {right_system}, so they cannot be joined.",
        do="Use each list on a column of its own system and join the two conditions with `|`.",
        nb="{left} er en liste i {left_system} og {right} i {right_system}, så de kan ikke slås sammen.",
        gjor="Bruk hver liste på en kolonne i sitt eget kodeverk og knytt de to vilkårene sammen med `|`.",
    ),
    "S028": Message(
        en="{name} comes in a later version.",
        do="Take it out of the study for now; {instead}",
        nb="{name} kommer i en senere versjon.",
        gjor="Ta det ut av studien inntil videre; {instead_nb}",
    ),
}
