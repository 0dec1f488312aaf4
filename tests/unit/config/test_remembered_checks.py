"""An experiment that was checked is not built again, unless something that the answer hangs on has changed."""

import copy

import pytest

from traindyn.errors import InputError
from traindyn.memory import Memory
from traindyn.validation import components, validate

RAW = {
    "experiments": {
        "width": {
            "task": {"name": "digits"},
            "architectures": {"narrow": {"name": "mlp", "hidden": [3]}},
            "optimizers": {"sgd": {"name": "sgd", "lr": 0.1}},
            "seeds": 2,
            "training": {"steps": 20},
            "koopman": {"delays": 2, "modes": 4},
        }
    }
}


@pytest.fixture
def notebooks(tmp_path):
    (tmp_path / "width.ipynb").touch()
    return tmp_path


@pytest.fixture
def built(monkeypatch):
    """Titles of the experiments whose components are looked at."""
    seen, check = [], components.check_components

    def noted(experiment, networks):
        seen.append(experiment.title)
        check(experiment, networks)

    monkeypatch.setattr(components, "check_components", noted)
    return seen


def titled(title, **keys):
    raw = copy.deepcopy(RAW)
    raw["experiments"]["width"] |= {"title": title, **keys}
    return raw


def again(file, raw, notebooks):
    """As a new process would."""
    memory = Memory(file)
    try:
        validate(raw, notebooks, memory=memory)
    finally:
        memory.keep()


def test_the_same_configuration_is_built_once(tmp_path, notebooks, built):
    for _ in range(2):
        again(tmp_path / "memory", titled("first"), notebooks)
    assert built == ["first"]
    again(tmp_path / "memory", titled("another"), notebooks)
    assert built == ["first", "another"]


def test_wrong_ones_stay_wrong(tmp_path, notebooks, built):
    raw = titled("wrong", koopman={"delays": 2, "modes": 4000})
    for _ in range(2):
        with pytest.raises(InputError, match=r"koopman\.modes = 4000: at most"):
            again(tmp_path / "memory", raw, notebooks)
    assert built == ["wrong", "wrong"]


def test_without_its_notebook_it_is_wrong_though_remembered(tmp_path, notebooks, built):
    again(tmp_path / "memory", titled("first"), notebooks)
    (notebooks / "width.ipynb").unlink()
    with pytest.raises(InputError, match="there is no notebook 'width'"):
        again(tmp_path / "memory", titled("first"), notebooks)
    assert built == ["first"]


def test_a_class_of_the_users_is_always_built(tmp_path, notebooks, built, monkeypatch):
    (tmp_path / "mine.py").write_text("from traindyn.architectures.mlp import MLP\nclass Mine(MLP):\n    pass\n")
    monkeypatch.syspath_prepend(tmp_path)
    raw = titled("mine", architectures={"narrow": {"name": "mine:Mine", "hidden": [3]}})
    for _ in range(2):
        again(tmp_path / "memory", raw, notebooks)
    assert built == ["mine", "mine"]


def test_other_code_asks_again(tmp_path, notebooks, built, monkeypatch):
    again(tmp_path / "memory", titled("first"), notebooks)
    monkeypatch.setattr("traindyn.validation.configuration.code_hash", lambda *modules: "edited")
    again(tmp_path / "memory", titled("first"), notebooks)
    assert built == ["first", "first"]
