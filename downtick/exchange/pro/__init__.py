"""The Coinbase Exchange dialect, which was Coinbase Pro's and GDAX's: the same market and ledger in other words."""
