"""Shared by all tests: hypothesis is deterministic here, so that a red build is red again; the command runner."""

from pathlib import Path

import pytest
from commanding import Run, runner
from hypothesis import HealthCheck, settings

settings.register_profile("diglot", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("diglot")


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache directory of the tests' own."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def run(tmp_path: Path, cache: Path) -> Run:
    """Run ``diglot`` in an empty folder."""
    return runner(tmp_path, cache)
