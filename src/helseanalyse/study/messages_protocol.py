"""Messages S037 and S050 to S089: the parts of a study, and how they fit together."""

from __future__ import annotations

from helseanalyse.study.message import Message

PROTOCOL: dict[str, Message] = {
    "S037": Message(
        en="{name} is a name that every study has already: sex, attained age and calendar year.",
        do='Choose another, such as "age at index".',
        nb="{name} er et navn som alle studier har fra før: kjønn, oppnådd alder og kalenderår.",
        gjor='Velg et annet, for eksempel "alder ved indeks".',
    ),
    "S050": Message(
        en="{name} is named as competing, but it is not among the reasons to stop follow-up.",
        do="Put it into `until` too. The reasons are {nearest}.",
        nb="{name} er oppgitt som konkurrerende, men er ikke blant grunnene til å avslutte oppfølgingen.",
        gjor="Ta det med i `until` også. Grunnene er {nearest}.",
    ),
    "S051": Message(
        en="The follow-up has no start: the study has no index date, and none was given.",
        do="Set one with `study.index(date)`, or write `study.follow(..., start=date)`.",
        nb="Oppfølgingen har ingen start: studien har ingen indeksdato, og ingen er oppgitt.",
        gjor="Sett en med `study.index(dato)`, eller skriv `study.follow(..., start=dato)`.",
    ),
    "S052": Message(
        en="This catalogue does not say who lives in the country when, so a prevalence has no denominator of its own.",
        do="Give the denominator: `study.prevalence(..., among=...)`.",
        nb="Denne katalogen sier ikke hvem som bor i landet når, så en prevalens har ingen egen nevner.",
        gjor="Oppgi nevneren: `study.prevalence(..., among=...)`.",
    ),
    "S060": Message(
        en="The study says of the table {name} something else than the catalogue: its grain or its time columns.",
        do="Build the study anew with this catalogue, or copy the table as the catalogue has it.",
        nb="Studien sier noe annet om tabellen {name} enn katalogen: radnivå eller tidskolonner.",
        gjor="Bygg studien på nytt med denne katalogen, eller kopier tabellen slik katalogen har den.",
    ),
    "S061": Message(
        en="{name} is {known_type} in the catalogue, and the study says {type}.",
        do="Build the study anew with this catalogue, or correct the type.",
        nb="{name} er {known_type} i katalogen, og studien sier {type}.",
        gjor="Bygg studien på nytt med denne katalogen, eller rett typen.",
    ),
    "S062": Message(
        en="The constant {name} is not of its stated type, {type}.",
        do="Correct the value or the type.",
        nb="Konstanten {name} er ikke av sin oppgitte type, {type}.",
        gjor="Rett verdien eller typen.",
    ),
    "S064": Message(
        en="{name} stands outside a trend, where there is no interval.",
        do="Use it in the numerator or denominator of study.trend() or study.prevalence(), or take a date.",
        nb="{name} står utenfor en trend, der det ikke er noe intervall.",
        gjor="Bruk det i telleren eller nevneren i study.trend() eller study.prevalence(), eller ta en dato i studien.",
    ),
    "S065": Message(
        en="The periods of {name} may overlap, so several may cover one date.",
        do='Say which one counts: `look_up(..., pick="latest_start")`.',
        nb="Periodene i {name} kan overlappe, så flere kan dekke én dato.",
        gjor='Si hvilken som teller: `look_up(..., pick="latest_start")`.',
    ),
    "S066": Message(
        en="The code {code} is not written as codes are kept.",
        do="Write {right}: capitals, no dots or blanks.",
        nb="Koden {code} er ikke skrevet slik koder lagres.",
        gjor="Skriv {right}: store bokstaver, uten punktum og mellomrom.",
    ),
    "S067": Message(
        en="{day} cannot be a date of a study.",
        do="Check the year.",
        nb="{day} kan ikke være en dato i en studie.",
        gjor="Sjekk årstallet.",
    ),
    "S068": Message(
        en="The study asks for nothing.",
        do="Add an analysis, e.g. `study.flow()` or `study.table_one()`.",
        nb="Studien ber ikke om noe.",
        gjor="Legg til en analyse, f.eks. `study.flow()` eller `study.table_one()`.",
    ),
    "S069": Message(
        en="{what} has no name, or one of more than 200 characters.",
        do="Give it a short one: the report uses it.",
        nb="{what_nb} har ikke noe navn, eller et på mer enn 200 tegn.",
        gjor="Gi et kort navn: rapporten bruker det.",
    ),
    "S070": Message(
        en="{what} is {type}, which no table can show.",
        do="For codes, say which: `.within(codes)`; for a relative, a value of theirs: `.of(value)`.",
        nb="{what} er {type}, som ingen tabell kan vise.",
        gjor="For koder, si hvilke: `.within(koder)`; for en slektning, en verdi for dem: `.of(verdi)`.",
    ),
    "S071": Message(
        en="{what} has bands, and it is {type}.",
        do="Bands are for numbers; leave them out.",
        nb="{what} har grupper (bands), og er {type}.",
        gjor="Grupper er for tall; ta dem bort.",
    ),
    "S072": Message(
        en="{what} must rise from one to the next, and they are {bands}.",
        do="Write them in order, each once.",
        nb="{what} må stige fra den ene til den neste, og de er {bands}.",
        gjor="Skriv dem i rekkefølge, hver én gang.",
    ),
    "S073": Message(
        en="The table {name} has no variables.",
        do="Add variables with `study.variable(...)`, or name them with `of=`.",
        nb="Tabellen {name} har ingen variabler.",
        gjor="Legg til variabler med `study.variable(...)`, eller nevn dem med `of=`.",
    ),
    "S074": Message(
        en="The analysis {name} needs follow-up, and the study has none.",
        do="Write `study.follow(until=[...])`.",
        nb="Analysen {name} trenger oppfølging, og studien har ingen.",
        gjor="Skriv `study.follow(until=[...])`.",
    ),
    "S075": Message(
        en="There is no standard population {name}.",
        do="Nearest: {nearest}.",
        nb="Det finnes ingen standardbefolkning {name}.",
        gjor="Nærmest: {nearest}.",
    ),
    "S076": Message(
        en='"age" is asked for without age bands.',
        do="Write their lower bounds: `age_bands=(0, 40, 60, 80)`.",
        nb='"age" er bedt om uten aldersgrupper.',
        gjor="Skriv de nedre grensene: `age_bands=(0, 40, 60, 80)`.",
    ),
    "S077": Message(
        en="The intervals run from {first} to {last}, outside the study period, {start} to {end}.",
        do="Change `first` and `last`, or the study period.",
        nb="Intervallene går fra {first} til {last}, utenfor studieperioden, {start} til {end}.",
        gjor="Endre `first` og `last`, eller studieperioden.",
    ),
    "S078": Message(
        en="The analysis {name} is divided by nothing.",
        do="Name one variable or more: `by=[...]`.",
        nb="Analysen {name} er ikke delt på noe.",
        gjor="Nevn én eller flere variabler: `by=[...]`.",
    ),
    "S079": Message(
        en="The exposure {name} changes during follow-up, and {analysis} has no follow-up time to divide.",
        do="Use it in rates and curves, or make a fixed exposure of it.",
        nb="Eksponeringen {name} endrer seg under oppfølgingen, og {analysis} har ingen oppfølgingstid å dele.",
        gjor="Bruk den i rater og kurver, eller lag en fast eksponering av den.",
    ),
    "S080": Message(
        en="{name} is {type} and makes no groups.",
        do="Cut a number into groups with `bands=(40, 60)`, or make categories with `case(...)`.",
        nb="{name} er {type} og gir ingen grupper.",
        gjor="Del et tall i grupper med `bands=(40, 60)`, eller lag kategorier med `case(...)`.",
    ),
    "S081": Message(
        en="{analysis} cannot be divided by {name}, which belongs to person-time.",
        do="Use a variable of the index date, e.g. the age at index with bands.",
        nb="{analysis} kan ikke deles på {name}, som hører til persontid.",
        gjor="Bruk en variabel på indeksdatoen, f.eks. alder ved indeks med grupper.",
    ),
    "S082": Message(
        en="{name} needs the column {column} of {table}, which the catalogue does not have.",
        do="Divide by a variable of the study instead.",
        nb="{name} trenger kolonnen {column} i {table}, som katalogen ikke har.",
        gjor="Del på en variabel i studien i stedet.",
    ),
    "S083": Message(
        en="The made-up person {name} is not included, so no variable of theirs can be expected.",
        do="Take the values out, or expect the person to be included.",
        nb="Den oppdiktede personen {name} er ikke inkludert, så ingen variabel kan forventes.",
        gjor="Ta bort verdiene, eller forvent at personen er inkludert.",
    ),
    "S084": Message(
        en="A made-up row has no {name}, which every row has.",
        do="Write it.",
        nb="En oppdiktet rad mangler {name}, som alle rader har.",
        gjor="Skriv det.",
    ),
    "S085": Message(
        en="The made-up value {value} of {name} is not {type}.",
        do="Correct it; dates are written as 2020-01-31.",
        nb="Den oppdiktede verdien {value} for {name} er ikke {type}.",
        gjor="Rett den; datoer skrives som 2020-01-31.",
    ),
    "S086": Message(
        en="The made-up value {value} of {name} lies outside what the registry holds ({least} to {most}).",
        do="Choose a value that can be.",
        nb="Den oppdiktede verdien {value} for {name} er utenfor det registeret har ({least} til {most}).",
        gjor="Velg en verdi som kan forekomme.",
    ),
    "S087": Message(
        en="The study has {number} {things}, and at most {most} are taken.",
        do="Divide it into several studies.",
        nb="Studien har {number} {things}, og det tas imot høyst {most}.",
        gjor="Del den i flere studier.",
    ),
}
