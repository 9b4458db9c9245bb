"""Keys, and who may do what with them: JWT as on Advanced Trade, HMAC as on the Exchange dialect."""
