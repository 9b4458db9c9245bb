"""The stub Coinbase: real sockets, a market, a journal, and faults that TCP cannot have."""
