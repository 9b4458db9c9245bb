"""The checks that judge a history."""
