"""Every bad configuration: one line that names the key, what is wrong and what is allowed."""

import copy

import pytest
import yaml

from traindyn.config import load_config, read_config
from traindyn.errors import InputError
from traindyn.validation import validate

GOOD = yaml.safe_load(
    """
seed: 0
experiments:
  width:
    task: {name: digits}
    architectures: {small: {name: mlp, hidden: [5]}}
    optimizers: {sgd: {name: sgd, lr: 0.1}, adam: {name: adam}}
    seeds: 4
    replicas: 2
    training: {steps: 20}
    recording: {layers: [output.weight], start: 1}
    koopman: {delays: 2, modes: 5}
  tan:
    figure: width
    task: {name: convex, function: tan}
    architectures: {x: {name: point, start: 0.1, stop: 0.9}, z: {name: segment, lower: [-1, -1], upper: [1, 1]}}
    optimizers: {mirror: {name: mirror_descent, lr: 0.1}, bisection: {name: bisection}}
    groups:
      OMD: {architecture: x, optimizer: mirror}
      BM: {architecture: z, optimizer: bisection}
    seeds: 1
    replicas: 25
    training: {steps: 20}
    recording: {layers: [x]}
    koopman: {delays: 2, modes: 4, parts: 5}
  again:
    figure: width
    recordings_of: width
    koopman: {delays: 1, modes: 3, components: 4}
"""
)
W, T, A = "experiments.width", "experiments.tan", "experiments.again"
DELETE = ...

# (key, value, words of the message)
BAD = [
    ("seed", -1, ["seed = -1", "greater than or equal to 0"]),
    ("seed", "zero", ["seed = 'zero'", "valid integer"]),
    ("seeed", 1, ["seeed", "unknown key"]),
    ("experiments", {}, ["experiments", "at least 1"]),
    ("experiments.../x", {}, ["../x", "pattern"]),
    ("experiments.a;b", {}, ["a;b", "pattern"]),
    ("experiments.a b", {}, ["a b", "pattern"]),
    ("experiments.$(id)", {}, ["$(id)", "pattern"]),
    ("experiments./etc", {}, ["/etc", "pattern"]),
    (f"{W}.title", "x</script><script>alert(1)</script>", [f"{W}.title", "pattern"]),
    (f"{W}.task", DELETE, [f"{W}.task", "missing key"]),
    (f"{W}.seeds", 0, [f"{W}.seeds = 0", "greater than or equal to 1"]),
    (f"{W}.seeds", 2.5, [f"{W}.seeds = 2.5", "integer"]),
    (f"{W}.seeds", True, [f"{W}.seeds = True", "integer"]),
    (f"{W}.replicas", "10", [f"{W}.replicas = '10'", "integer"]),
    (f"{W}.perturbation", 1.0, [f"{W}.perturbation = 1.0", "less than 1"]),
    (f"{W}.perturbation", float("nan"), [f"{W}.perturbation", "nan"]),
    (f"{W}.recording.projection", {}, [f"{W}.recording.projection.dimension", "missing key"]),
    (f"{W}.recording.projection", {"dimension": 51}, [W, "recording.projection.dimension = 51", "at most 50"]),
    (f"{W}.architectures.small", {"name": "lenet"}, [f"{W}: architectures.small", "kernel = 5", "12 × 12"]),
    (f"{W}.task", {"name": "cifar10", "files": {"a.bin": "0"}}, [W, "files.a.bin", "data_batch_1.bin"]),
    (f"{W}.sensitivity", {"delays": [4, 19]}, [W, "sensitivity: koopman: 19 delays need at least 21 recorded steps"]),
    (f"{W}.sensitivity", {"modes": [5, 200]}, [W, "sensitivity: koopman.modes = 200: at most 34 for 50 recorded"]),
    (f"{W}.sensitivity", {"delays": []}, [f"{W}.sensitivity.delays", "at least 1"]),
    (f"{W}.sensitivity", {"delays": [-1]}, [f"{W}.sensitivity.delays.0 = -1", "greater than or equal to 0"]),
    (
        f"{W}.sensitivity",
        {"delays_times_weights": [100]},
        [W, "koopman has no delays_times_weights; sweep what it has"],
    ),
    (f"{W}.sensitivity", {"components": [51]}, [W, "sensitivity: koopman.components = 51: at most 38"]),
    (f"{W}.sensitivity", {"windows": [[0, 10]]}, [W, "sensitivity.windows [0, 10) leaves the recorded steps 1 to 20"]),
    (f"{W}.sensitivity", {"windows": [[8, 5]]}, [W, "sensitivity.windows [8, 5) is empty"]),
    (
        f"{W}.sensitivity",
        {"windows": [[1, 4]]},
        [W, "sensitivity: koopman", "2 delays need at least 4 recorded steps", "has 3"],
    ),
    (f"{W}.sensitivity", {"measures": ["distance"]}, [W, "sensitivity: measures", "'distance'", "wasserstein"]),
    (f"{W}.sensitivity", {"lags": [1]}, [f"{W}.sensitivity.lags", "unknown key"]),
    (f"{W}.figure", "nowhere", ["figure", "'nowhere'", "known: ", "width"]),
    (f"{W}.figure", "../../etc/passwd", [f"{W}.figure", "pattern"]),
    (f"{W}.task.name", "cifar1000", ["task 'cifar1000' is unknown", "digits", "mnist"]),
    (f"{W}.task.name", "os.path:join", ["os.path:join", "not a subclass of traindyn.tasks.base.Task"]),
    (f"{W}.task.name", "no_such_package:Task", ["cannot be imported", "no_such_package"]),
    (f"{W}.task.name", "digits; rm -rf /", [f"{W}.task.name", "pattern"]),
    (f"{W}.task.batch_size", 0, ["task: batch_size = 0", "greater than or equal to 1"]),
    (f"{W}.task.bacth_size", 60, ["task: bacth_size", "unknown key"]),
    (f"{W}.architectures.small.hidden", [0], ["architectures.small: hidden.0 = 0", "greater than or equal to 1"]),
    (f"{W}.architectures.small.hidden", DELETE, ["architectures.small: hidden", "missing key"]),
    (f"{W}.architectures.small.activation", "swish", ["activation = 'swish'", "'relu', 'gelu', 'tanh'"]),
    (f"{W}.architectures.a/b", {"name": "mlp"}, ["a/b", "pattern"]),
    (f"{W}.architectures.small", {"name": "point", "start": 0.1, "stop": 0.9}, ["replicas = 2", "must be"]),
    (f"{W}.optimizers.sgd.lr", 0.0, ["optimizers.sgd: lr = 0.0", "greater than 0"]),
    (f"{W}.optimizers.sgd.lr", "fast", ["optimizers.sgd: lr = 'fast'", "valid number"]),
    (f"{W}.optimizers.sgd.nesterov", True, ["optimizers.sgd", "nesterov needs momentum"]),
    (f"{W}.optimizers.adam.betas", [0.9, 1.5], ["optimizers.adam: betas.1 = 1.5", "less than 1"]),
    (f"{W}.optimizers.sgd.name", "bisection", ["optimizers.sgd: lr", "unknown key"]),
    (f"{T}.optimizers.mirror.mirror", "entropy", ["optimizers.mirror", "needs lower above 0"]),
    (
        f"{T}.optimizers.mirror",
        {"name": "mirror_descent", "lr": 0.1, "lower": 1.0, "upper": 0.0},
        ["lower must be below"],
    ),
    (f"{T}.task.function", "square", ["groups.BM", "bisection needs a task whose loss changes sign"]),
    (f"{T}.groups.BM.architecture", "x", ["groups.BM", "needs the architecture segment"]),
    (f"{T}.groups.BM.architecture", "y", ["group 'BM' names architecture 'y'", "known: x, z"]),
    (f"{T}.groups.BM", {"architecture": "x", "optimizer": "mirror"}, ["'OMD' and 'BM' are the same pair x/mirror"]),
    (f"{T}.groups.B\nM", {"architecture": "x", "optimizer": "mirror"}, ["pattern"]),
    (f"{T}.replicas", 24, ["replicas = 24: must be 25"]),
    (f"{T}.koopman.parts", 26, ["koopman.parts 26 exceeds the replicas 25"]),
    (f"{T}.training.test_every", 5, ["training.test_every", "no test data"]),
    (f"{W}.koopman.parts", 2, ["koopman.parts = 2", "single seed", "seeds = 4"]),
    (f"{W}.training.steps", 0, ["training.steps = 0", "greater than or equal to 1"]),
    (f"{W}.training.dtype", "float16", ["training.dtype = 'float16'", "'float32' or 'float64'"]),
    (f"{W}.recording.layers", [], ["recording.layers", "at least 1"]),
    (f"{W}.recording.layers", ["outptu.*"], ["'outptu.*' matches no parameter", "output.weight"]),
    (f"{W}.recording.start", 21, ["recording.start 21 lies after the last recorded step 20"]),
    (f"{W}.recording.stop", 21, ["recording.stop 21 lies after the last training step 20"]),
    (f"{W}.recording.every", 0, ["recording.every = 0", "greater than or equal to 1"]),
    (f"{W}.koopman.delays", -1, ["koopman.delays = -1", "greater than or equal to 0"]),
    (f"{W}.koopman.delays", 19, ["koopman", "19 delays need at least 21 recorded steps", "has 20"]),
    (f"{W}.koopman.delays_times_weights", 100, ["exactly one of delays and delays_times_weights"]),
    (f"{W}.koopman.modes", 0, ["koopman.modes = 0", "greater than or equal to 1"]),
    (f"{W}.koopman.modes", 1000, ["koopman.modes = 1000", "at most 34"]),
    (f"{W}.koopman.windows", [[5, 5]], ["window [5, 5) is empty"]),
    (f"{W}.koopman.windows", [[0, 10]], ["koopman.windows [0, 10) leaves the recorded steps 1 to 20"]),
    (f"{W}.koopman.windows", [[1, 4]], ["2 delays need at least 4 recorded steps", "has 3"]),
    (f"{W}.koopman.window_length", 50, ["koopman.window_length 50 exceeds the recorded 20 steps"]),
    (f"{W}.koopman.window_stride", 5, ["window_stride needs window_length"]),
    (f"{W}.koopman.window_length", {"small/sgd": 10}, ["koopman.window_length has no length for group 'small/adam'"]),
    (
        f"{W}.koopman.window_length",
        {"small/sgd": 10, "small/adam": 10, "big/sgd": 10},
        ["koopman.window_length names group 'big/sgd'", "known: small/sgd, small/adam"],
    ),
    (
        f"{W}.koopman.window_length",
        {"small/sgd": 10, "small/adam": 21},
        ["koopman.window_length 21 exceeds the recorded 20 steps of group 'small/adam'"],
    ),
    (f"{W}.koopman.components", 60, ["koopman.components = 60", "at most 38 for 50 recorded weights"]),
    (f"{W}.koopman.unlagged_from", {"small/sgd": "big"}, ["unlagged_from names group 'big'", "known: small/sgd"]),
    (f"{W}.koopman.unlagged_from", {"small/sgd": "small/sgd"}, ["unlagged_from", "name another"]),
    (f"{A}.recordings_of", "widht", [f"{A}.recordings_of = 'widht'", "known: width, tan"]),
    (f"{A}.recordings_of", "again", [f"{A}.recordings_of = 'again'", "known: width, tan"]),
    (f"{A}.seeds", 3, [f"{A}.seeds: decided by the recordings of width", "allowed here: recordings_of, title"]),
    (f"{A}.koopman", DELETE, [f"{A}.koopman", "missing key"]),
    (f"{W}.comparison.measures", ["euclid"], ["unknown measure 'euclid'", "wasserstein"]),
    (f"{W}.comparison.alpha", 1.5, ["comparison.alpha = 1.5", "less than 1"]),
    (f"{W}.comparison.margin", -1, ["comparison.margin = -1", "greater than 0"]),
    (f"{W}.comparison.permutations", 10, ["comparison.permutations = 10", "greater than or equal to 99"]),
]


def changed(key: str, value: object) -> dict:
    raw = copy.deepcopy(GOOD)
    if key.startswith((f"{W}.", f"{T}.", f"{A}.")):
        head, _, name = key.rpartition(".")
    elif key.startswith("experiments."):
        head, name = "experiments", key.removeprefix("experiments.")
    else:
        head, name = "", key
    place = raw
    for part in head.split(".") if head else []:
        place = place.setdefault(part, {})
    if value is DELETE:
        del place[name]
    else:
        place[name] = value
    return raw


@pytest.fixture
def notebooks(tmp_path):
    (tmp_path / "width.ipynb").touch()
    return tmp_path


def test_the_good_one_passes(notebooks):
    assert set(validate(GOOD, notebooks).experiments) == {"width", "tan", "again"}


def test_a_group_may_have_a_task_and_steps_of_its_own(notebooks):
    raw = copy.deepcopy(GOOD)
    del raw["experiments"]["again"]
    raw["experiments"]["width"] |= {
        "architectures": {"small": {"name": "mlp", "hidden": [5]}, "large": {"name": "mlp", "hidden": [9]}},
        "optimizers": {"sgd": {"name": "sgd", "lr": 0.1}},
        "groups": {
            "digits": {"architecture": "small", "optimizer": "sgd"},
            "MNIST": {"architecture": "large", "optimizer": "sgd", "task": {"name": "mnist"}, "steps": 30},
        },
        "koopman": {"delays": 2, "modes": 5, "window_length": {"digits": 10, "MNIST": 15}},
    }
    config = validate(raw, notebooks)
    job = config.training_job("width", "large", "sgd", "0000-0003")
    assert (job.task.name, job.training.steps) == ("mnist", 30)
    plan = config.experiments["width"]
    assert [plan.koopman_of(label).window_length for label in ("digits", "MNIST")] == [10, 15]
    raw["experiments"]["width"]["groups"]["MNIST"]["task"]["batch_size"] = 0
    with pytest.raises(InputError, match=r"groups.MNIST.task: batch_size = 0"):
        validate(raw, notebooks)


def test_convolutional_networks_pass(notebooks):
    """The forward pass takes batch normalisation; the fit is planned for the projections."""
    raw = copy.deepcopy(GOOD)
    raw["experiments"]["width"] |= {
        "task": {"name": "cifar10"},
        "architectures": {"lenet": {"name": "lenet"}, "resnet": {"name": "resnet20"}},
        "recording": {"projection": {"dimension": 6}},
        "koopman": {"delays": 2, "modes": 18},
    }
    validate(raw, notebooks)
    raw["experiments"]["width"]["koopman"]["modes"] = 19
    with pytest.raises(InputError, match="at most 18 for 6 recorded weights"):
        validate(raw, notebooks)


@pytest.mark.parametrize(("key", "value", "words"), BAD, ids=[f"{key}={value!r}"[:80] for key, value, _ in BAD])
def test_one_line_names_key_and_remedy(key, value, words, notebooks):
    with pytest.raises(InputError) as caught:
        validate(changed(key, value), notebooks)
    message = str(caught.value)
    assert "\n" not in message
    assert message.startswith("configuration: ")
    for word in words:
        assert word in message


@pytest.mark.parametrize("name", ["all", "figures", "report", "train", "paper"])
def test_the_workflows_own_names_are_not_free(name):
    raw = {"experiments": {name: GOOD["experiments"]["width"]}}
    with pytest.raises(InputError, match=f"experiments.{name}: the name is the workflow's own"):
        load_config(raw)


def test_an_architecture_that_does_not_fit_its_task(tmp_path, monkeypatch, notebooks):
    (tmp_path / "own.py").write_text(
        "from torch import nn\nfrom traindyn.architectures.base import Architecture\n"
        "class Wrong(Architecture):\n"
        "    def build(self, input_shape, output_size):\n"
        "        return nn.Sequential(nn.Flatten(), nn.Linear(7, output_size))\n"
        "class Narrow(Architecture):\n"
        "    def build(self, input_shape, output_size):\n"
        "        return nn.Sequential(nn.Flatten(), nn.Linear(64, 3))\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    for name, words in (("own:Wrong", "does not fit the task"), ("own:Narrow", "has 3 outputs, the task needs 10")):
        raw = changed(f"{W}.architectures", {"net": {"name": name}})
        raw["experiments"]["width"]["recording"]["layers"] = ["*"]
        with pytest.raises(InputError, match=f"architectures.net: {words}"):
            validate(raw, notebooks)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"seed: [", "not valid YAML"),
        (b"- 1\n- 2\n", "must be a mapping"),
        (b"\xff\xfe\x00", "not valid YAML"),
        (b"", "must be a mapping"),
        (b"seed: !!python/object/apply:os.system ['true']", "not valid YAML"),
    ],
)
def test_files_that_are_no_configuration(tmp_path, content, words):
    path = tmp_path / "c.yaml"
    path.write_bytes(content)
    with pytest.raises(InputError, match=words) as caught:
        read_config(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(InputError, match=r"none\.yaml: cannot be read"):
        read_config(tmp_path / "none.yaml")
