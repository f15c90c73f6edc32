"""Shared by all tests: hypothesis is deterministic here, so that a red build is red again."""

from hypothesis import HealthCheck, settings

settings.register_profile("diglot", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("diglot")
