"""Fixtures of the workflow tests."""

import finished_studies
import pytest
from small_study import Study


@pytest.fixture
def study(tmp_path):
    """A factory of studies in folders of their own."""
    return lambda config, name="study": Study(tmp_path / name, config)


@pytest.fixture(scope="session")
def small(tmp_path_factory):
    """The finished small study, which other tests look at too."""
    return finished_studies.small(tmp_path_factory)


@pytest.fixture(scope="session")
def default_optimizers(tmp_path_factory):
    """The finished experiment of the default configuration, which other tests look at too."""
    return finished_studies.default_optimizers(tmp_path_factory)
