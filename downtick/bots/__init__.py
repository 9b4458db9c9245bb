"""How a bot is started, told where to connect, and stopped."""
