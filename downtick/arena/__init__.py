"""The helper process of a rig, and the test's side of it."""
