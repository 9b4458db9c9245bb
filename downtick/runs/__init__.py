"""Profiles played to bots, and judged."""
