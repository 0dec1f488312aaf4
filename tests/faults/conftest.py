"""The undisturbed study that all others are compared with."""

import finished_studies
import pytest
from disturbed import Disturbed


@pytest.fixture(scope="session")
def undisturbed(tmp_path_factory):
    """The finished study, which other tests look at too."""
    return Disturbed(finished_studies.small(tmp_path_factory), "undisturbed")


@pytest.fixture(scope="session")
def disturbed(undisturbed, tmp_path_factory):
    """A factory of studies that have not run yet, by name."""
    return lambda name: Disturbed(undisturbed.study.at(tmp_path_factory.mktemp(name) / "study", results=False), name)


def pytest_collection_modifyitems(items):
    """Runs have limits of their own (`disturbed.LIMIT_SECONDS`)."""
    for item in items:
        if item.get_closest_marker("slow"):
            item.add_marker(pytest.mark.timeout(0))
