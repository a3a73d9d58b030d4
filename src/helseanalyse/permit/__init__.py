"""Who may ask about which variables, whom, for what purpose, how long and in which lane."""
