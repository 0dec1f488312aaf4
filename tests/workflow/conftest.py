"""Fixtures of the workflow tests."""

import pytest
from small_study import Study


@pytest.fixture
def study(tmp_path):
    """A factory of studies in folders of their own."""
    return lambda config, name="study": Study(tmp_path / name, config)
