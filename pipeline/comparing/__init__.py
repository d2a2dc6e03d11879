"""Two finished runs beside each other: what each kept, how that is spread, and from which more is learnt."""
