"""What the bot must not forget: its intents, what became of them, and what it believes to hold."""
