"""``python -m downtick`` is the command line too."""

from downtick.cli import main

main()
