"""The undisturbed study that all others are compared with."""

import pytest
from disturbed import Disturbed, one_experiment
from small_study import Study


@pytest.fixture(scope="session")
def disturbed(tmp_path_factory):
    """A factory of studies that have not run yet, by name."""

    def make(name: str) -> Disturbed:
        return Disturbed(one_experiment(Study(tmp_path_factory.mktemp(name) / "study", "small.yaml")), name)

    return make


@pytest.fixture(scope="session")
def undisturbed(disturbed):
    """The finished study."""
    run = disturbed("undisturbed")
    status, said = run.complete()
    assert status == 0, said
    return run


def pytest_collection_modifyitems(items):
    """Runs have limits of their own (`disturbed.LIMIT_SECONDS`)."""
    for item in items:
        if item.get_closest_marker("slow"):
            item.add_marker(pytest.mark.timeout(0))
