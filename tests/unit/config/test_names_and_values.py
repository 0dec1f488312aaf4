"""Names and values of a configuration: into no shell, out of no folder; and code that could run what data say."""

import ast
import re
from pathlib import Path, PurePosixPath

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from traindyn import dag
from traindyn.config import load_config
from traindyn.config.plans import Label, Name

ROOT = Path(__file__).parents[3]
PYTHON = [*(ROOT / "workflow").rglob("*.py"), *(ROOT / "envs").glob("*.py")]
RULES = [ROOT / "Snakefile", ROOT / "workflow" / "Snakefile", *(ROOT / "workflow" / "rules").glob("*.smk")]

# Calls that run what they are given, or load objects that do.
FORBIDDEN = {
    *("eval", "exec", "compile", "__import__"),
    *("os.system", "os.popen", "subprocess.getoutput", "subprocess.getstatusoutput"),
    *("pickle.load", "pickle.loads", "pickle.Unpickler", "joblib.load", "pd.read_pickle", "pandas.read_pickle"),
    *("yaml.unsafe_load", "yaml.full_load", "yaml.load_all", "shelve.open", "marshal.loads"),
    *("tarfile.extractall", "tar.extractall", "tar.extract", "shutil.unpack_archive"),
}
# Keyword that a call must have, and its value.
NEEDED = {"torch.load": ("weights_only", True)}
REFUSED = {("shell", True), ("allow_pickle", True)}


def calls(source: str) -> list[tuple[str, dict[str, object]]]:
    """Dotted name and constant keywords of every call."""
    found = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    return [
        (
            ast.unparse(node.func),
            {k.arg: k.value.value for k in node.keywords if k.arg and isinstance(k.value, ast.Constant)},
        )
        for node in found
    ]


def dangers(source: str) -> list[str]:
    """Calls in a module that could run what they are given."""
    return [
        name
        for name, keywords in calls(source)
        if name in FORBIDDEN
        or (name in NEEDED and keywords.get(NEEDED[name][0]) is not NEEDED[name][1])
        or any(item in REFUSED for item in keywords.items())
    ]


@pytest.mark.parametrize(
    "line",
    ["eval(text)", "import torch; torch.load(path)", "np.load(path, allow_pickle=True)", "run(command, shell=True)"],
)
def test_dangerous_calls_are_seen(line):
    assert dangers(line)
    assert not dangers("torch.load(path, weights_only=True); np.load(path, allow_pickle=False); net.eval()")


def picklers(source: str) -> list[str]:
    """What a module imports of the libraries that make objects from bytes, but for the error that torch raises."""
    names = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names += [f"{node.module}.{alias.name}" for alias in node.names]
    libraries = {"pickle", "cPickle", "cloudpickle", "dill", "joblib", "marshal", "shelve"}
    return [name for name in names if name.split(".")[0] in libraries and name != "pickle.UnpicklingError"]


@pytest.mark.parametrize(
    "line", ["import pickle", "import dill as d", "from pickle import loads", "import os, marshal"]
)
def test_picklers_are_seen(line):
    assert picklers(line)
    assert not picklers("from pickle import UnpicklingError")


@pytest.mark.parametrize("path", PYTHON, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_module_runs_what_data_say(path):
    source = path.read_text(encoding="utf-8")
    assert dangers(source) == []
    assert picklers(source) == []


@pytest.mark.parametrize("path", RULES, ids=lambda path: path.name)
def test_no_rule_has_a_shell_command(path):
    assert not re.search(r"^\s*(shell|run)\s*:|\bshell\(", path.read_text(encoding="utf-8"), re.MULTILINE)


@settings(deadline=None)
@given(st.from_regex(r"[\x00-\uffff]{1,70}", fullmatch=True))
def test_a_name_is_one_part_of_a_path_and_one_word_of_a_shell(text):
    try:
        name = TypeAdapter(Name).validate_python(text)
    except ValidationError:
        return
    assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]*", name)
    assert PurePosixPath(name).parts == (name,)


HOSTILE = ["a/../../../../tmp/x", "x (b)", "a/b/..", "a=b+c", "A " + "/.." * 15]


@pytest.mark.parametrize("label", HOSTILE)
def test_labels_are_in_no_path(label):
    assert TypeAdapter(Label).validate_python(label) == label
    raw = yaml.safe_load((ROOT / "config" / "config.yaml").read_text(encoding="utf-8"))
    width = raw["experiments"]["width"]
    width["groups"] = {label: width["groups"]["width 5"]}
    config = load_config(raw | {"experiments": {"width": width}, "data_dir": "$(touch x); ../.."})
    pieces = {"experiment": "width", "architecture": "mlp5", "optimizer": "sgd", "chunk": "0000-0009"}
    paths = [
        *(path for kind in ("recordings", "fits") for path in dag.chunk_files(config, "width", kind)),
        *dag.recordings(config, **pieces),
        *dag.figure_files(config.experiments),
        *dag.claims_files(config),
    ]
    assert paths
    assert all(re.fullmatch(r"results(/[A-Za-z0-9_-]+)+\.[a-z0-9]+", path) for path in paths)


@pytest.mark.parametrize(
    "label", ["../x", "a;b", "a`b`", "a$b", "a|b", "a\nb", "a'b", 'a"b', "a<b", "-a", "a&b", "a\\b", ""]
)
def test_labels_without_meaning_to_a_shell_or_a_page(label):
    with pytest.raises(ValidationError):
        TypeAdapter(Label).validate_python(label)
