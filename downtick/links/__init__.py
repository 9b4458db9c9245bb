"""Find, install and run the Toxiproxy server; links through it, with faults that really happen."""
