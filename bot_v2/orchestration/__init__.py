"""The bot as a whole: what it is made of, when it trades, and when it does not."""
