"""How the exchange faults are described to a profile, by subject."""
