"""Every bad file of claims: one line that names the file, the key, what is wrong and what is allowed."""

import copy
from pathlib import Path

import pytest
import yaml
from claim_tables import claims_file

from traindyn.claims import claims_of, read_claims
from traindyn.config import load_config, read_config
from traindyn.errors import InputError

ROOT = Path(__file__).parents[3]
USING = ["config.yaml", "paper.yaml"]
DELETE = ...
Q = "claims.one.quantity"
VERDICT = {"kind": "verdict", "groups": ["a", "b"], "verdict": "equivalent"}
DISTANCE = {"kind": "distance", "groups": ["a", "b"], "published": 0.5}

# (quantity, key, value, words of the message)
BAD = [
    (VERDICT, "titel", "A", ["titel: unknown key"]),
    (VERDICT, "title", DELETE, ["title: missing key"]),
    (VERDICT, "claims", {}, ["claims", "at least 1"]),
    (VERDICT, "claims.one.were", "x", ["claims.one.were: unknown key"]),
    (VERDICT, "claims.one.experiment", "../e", ["claims.one.experiment = '../e'", "pattern"]),
    (VERDICT, "claims.one.statement", "", ["claims.one.statement = ''", "at least 1"]),
    (VERDICT, f"{Q}.kind", "verdct", [Q, "'verdct'", "expected tags: 'verdict', 'distance'", "'transition'"]),
    (VERDICT, f"{Q}.kind", DELETE, [Q, "kind"]),
    (VERDICT, f"{Q}.verdict", "the same", [f"{Q}.verdict.verdict = 'the same'", "'equivalent' or 'non-conjugate'"]),
    (VERDICT, f"{Q}.published", 1.0, [f"{Q}.verdict.published: unknown key"]),
    (VERDICT, f"{Q}.groups", ["a"], [f"{Q}.verdict.groups"]),
    (VERDICT, f"{Q}.groups", ["a", 5], [f"{Q}.verdict.groups.1 = 5", "valid string"]),
    (DISTANCE, f"{Q}.published", "0.5", [f"{Q}.distance.published = '0.5'"]),
    (DISTANCE, f"{Q}.published", float("nan"), [f"{Q}.distance.published.mean", "finite number"]),
    (DISTANCE, f"{Q}.published", {"mean": 1.0, "seeds": 5}, [f"{Q}.distance.published", "seeds without sd"]),
    (DISTANCE, f"{Q}.published", {"mean": 1.0, "sd": -1.0}, ["published.sd = -1.0", "greater than or equal to 0"]),
    (DISTANCE, f"{Q}.tolerance", "1e-5", [f"{Q}.distance.tolerance = '1e-5'", "valid number"]),
    (DISTANCE, f"{Q}.groups", ["a", "a"], ["two different ones", "within_distance"]),
]


def changed(quantity, key, value):
    raw = copy.deepcopy(claims_file(dict(quantity)))
    *head, name = key.split(".")
    place = raw
    for part in head:
        place = place[part]
    if value is DELETE:
        del place[name]
    else:
        place[name] = value
    return raw


def written(folder, raw):
    path = folder / "claims.yaml"
    path.write_text(raw if isinstance(raw, str) else yaml.safe_dump(raw), encoding="utf-8")
    return path


@pytest.mark.parametrize(("quantity", "key", "value", "words"), BAD, ids=[f"{key}={v!r}"[:60] for _, key, v, _ in BAD])
def test_one_line_names_file_key_and_remedy(tmp_path, quantity, key, value, words):
    path = written(tmp_path, changed(quantity, key, value))
    with pytest.raises(InputError) as caught:
        read_claims(path)
    message = str(caught.value)
    assert message.startswith(f"{path}: ")
    assert "\n" not in message
    for word in words:
        assert word in message


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("title: [", "not valid YAML"),
        ("- 1", "must be a mapping"),
        ("", "must be a mapping"),
        ("title: A\ntitle: B\n", "the key 'title' stands twice"),
        ("title: !!python/object/apply:os.system ['true']", "not valid YAML"),
    ],
)
def test_files_that_are_no_claims(tmp_path, content, words):
    path = written(tmp_path, content)
    with pytest.raises(InputError, match=words) as caught:
        read_claims(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_the_good_one_passes_and_folded_text_becomes_one_line(tmp_path):
    raw = claims_file(VERDICT, statement="It\n is so.\n")
    claims = read_claims(written(tmp_path, raw))
    assert claims.claims["one"].statement == "It is so."


def configured(claims, **experiment):
    """A configuration with the experiment `e`, groups a and b, measure wasserstein only."""
    about = {
        "task": {"name": "digits"},
        "architectures": {"m": {"name": "mlp", "hidden": [3]}},
        "optimizers": {"s": {"name": "sgd", "lr": 0.1}, "t": {"name": "sgd", "lr": 0.2}},
        "groups": {"a": {"architecture": "m", "optimizer": "s"}, "b": {"architecture": "m", "optimizer": "t"}},
        "seeds": 4,
        "training": {"steps": 20},
        "koopman": {"delays": 2},
        "comparison": {"measures": ["wasserstein"]},
    }
    return load_config({"claims": claims, "experiments": {"e": about | experiment}})


@pytest.mark.parametrize(
    ("quantity", "words"),
    [
        (VERDICT | {"groups": ["a", "x"]}, "claims.one: group 'x' is not in experiment 'e'; allowed: a, b"),
        (VERDICT | {"measure": "cross_residual"}, "measure 'cross_residual' is not in experiment 'e'; allowed: wass"),
        ({"kind": "order", "larger": ["a", "b"], "smaller": ["a", "y"]}, "group 'y' is not in experiment 'e'"),
        ({"kind": "within_distance", "group": "z", "published": 1.0}, "group 'z' is not in experiment 'e'"),
        ({"kind": "transition", "group": "z", "within": 5}, "group 'z' is not in experiment 'e'"),
    ],
)
def test_claims_name_groups_and_measures_that_exist(tmp_path, quantity, words):
    path = written(tmp_path, claims_file(quantity))
    with pytest.raises(InputError, match=words) as caught:
        claims_of(configured(str(path)), tmp_path)
    assert str(caught.value).startswith(f"{path}: claims.one: ")
    # Of an experiment that is not configured nothing is known.
    written(tmp_path, claims_file(quantity, experiment="other"))
    assert claims_of(configured(str(path)), tmp_path) is not None


def test_the_path_is_looked_for_in_the_working_directory_then_in_the_repository(tmp_path, monkeypatch):
    here, repository = tmp_path / "here", tmp_path / "repository"
    for folder in (here, repository):
        folder.mkdir()
        written(folder, claims_file(VERDICT) | {"title": folder.name})
    monkeypatch.chdir(here)
    assert claims_of(configured("claims.yaml"), repository).title == "here"
    (here / "claims.yaml").unlink()
    assert claims_of(configured("claims.yaml"), repository).title == "repository"
    with pytest.raises(InputError, match=r"claims = 'none\.yaml': no such file; looked for none\.yaml or .*repository"):
        claims_of(configured("none.yaml"), repository)
    assert claims_of(configured(None), repository) is None


@pytest.mark.parametrize("name", USING)
def test_the_shipped_claims_fit_the_shipped_configurations(name):
    config = read_config(ROOT / "config" / name)
    claims = claims_of(config, ROOT)
    assert len(claims.claims) >= 27
    assert any(claim.experiment in config.experiments for claim in claims.claims.values())


def test_every_shipped_claim_on_what_the_published_test_checks_has_its_numbers():
    """The published numbers stand twice, in the claims and in the test of the optimizer experiment."""
    claims = read_claims(ROOT / "config" / "claims.yaml").claims
    source = (ROOT / "tests/unit/published/test_published_optimizers.py").read_text(encoding="utf-8")
    numbers = [
        claim.quantity.published_number() for name, claim in claims.items() if name.startswith("optimizers-distance")
    ]
    assert len(numbers) == 3
    assert all(str(number) in source for number in numbers)
