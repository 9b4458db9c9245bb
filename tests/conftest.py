"""Settings of every unit test."""

from hypothesis import HealthCheck, settings

# How long an example takes says something of the machine, and nothing of the code.
settings.register_profile(
    "downtick", deadline=None, max_examples=50, suppress_health_check=[HealthCheck.too_slow]
)
# For `make check`, which every commit must pass.
settings.register_profile("quick", settings.get_profile("downtick"), max_examples=15)
settings.load_profile("downtick")
