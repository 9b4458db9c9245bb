"""What stands between a wish to trade and a request to the broker."""
