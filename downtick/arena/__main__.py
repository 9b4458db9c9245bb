"""``python -m downtick.arena``: the helper process of a rig. Started by `downtick.arena.host`, not by hand."""

from downtick.arena.process import main

main()
