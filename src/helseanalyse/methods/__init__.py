"""Statistics on aggregated counts: arrays in, numbers out, no reading or writing.

Nothing here ever sees a row per person. Rates and Table 1 come from cells, curves from numbers at risk
and events by day, and the answers are those that the rows would have given (docs and tests show it).

| module | what it makes |
| --- | --- |
| lexis, segments, bands | person-days by age, calendar year and birth cohort; age bands and periods |
| rates, standardise, standards | rates, ratios, age-standardised rates, SMR, standard populations |
| proportions | prevalence, risk, case fatality |
| risk_table, survival, logrank | Kaplan-Meier, Aalen-Johansen, restricted mean, quantiles, log-rank |
| step_grid | the coarse, rounded form of a curve that may be released |
| describe | Table 1: means, quantiles, standardised mean differences |
| intervals, distributions, checks | what they share |
"""
