"""How store and broker come to agree: after a start, and after an outage."""
