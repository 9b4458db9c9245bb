"""The trading bot under test."""
