"""Fault profiles: read, checked, and turned into timed steps. Pure, but for `library`, which reads the files."""
