"""What the kernel saw of a rig's links: sockets' births and deaths, byte curves, and proofs that a fault bit."""
