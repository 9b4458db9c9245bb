"""Renderers of what happened: they read a history and return text."""
