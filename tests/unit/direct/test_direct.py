"""The whole way in one call: right on known systems, the same as the rooms one by one, plain about its limits."""

import json
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

import traindyn
from traindyn.command.main import main
from traindyn.compare import distances, read_spectra, verdicts
from traindyn.config import ComparisonPlan
from traindyn.errors import InputError
from traindyn.koopman import Row, Window, fit, write_fits
from traindyn.koopman.defaults import Size, default_delays, default_modes, default_parts
from traindyn.recording import RecordingWriter

RATES = np.array([1.0, 0.95, 0.9, 0.8])


def linear(seed=0, rates=RATES, replicas=3, steps=40):
    """Trajectories (replica, step, weight) of a linear system with these eigenvalues, without noise."""
    draw = np.random.default_rng(seed)
    mixing = draw.normal(size=(len(rates), len(rates)))
    return (draw.normal(size=(replicas, 1, len(rates))) * rates ** np.arange(steps)[:, None]) @ mixing


def test_the_spectrum_of_a_linear_system_is_its_own():
    found = traindyn.spectrum_table(linear(), delays=1, modes=4)
    np.testing.assert_allclose(found.modulus, np.sort(RATES)[::-1], atol=1e-9)
    np.testing.assert_allclose(found.rate, np.log(np.sort(RATES)[::-1]), atol=1e-9)
    assert (found.frequency == 0).all()
    np.testing.assert_allclose(found.energy.sum(), 1.0)


def test_a_comparison_is_what_the_rooms_give_one_by_one(tmp_path):
    arrays = {label: [linear(seed, rates) for seed in range(3)] for label, rates in (("a", RATES), ("b", RATES**2))}
    found = traindyn.compare_recordings(arrays, delays=2, modes=4)
    paths = []
    for label, seeds in arrays.items():
        rows = [Row(n, Window(0, 40, slice(None)), -1, fit(values, 2, 4)) for n, values in enumerate(seeds)]
        paths.append(tmp_path / f"{label}.h5")
        write_fits(paths[-1], rows, {"experiment": "x", "architecture": "x", "optimizer": "x", "group": label})
    spectra, plan = read_spectra(paths), ComparisonPlan()
    table = distances(spectra, plan.measures)
    pd.testing.assert_frame_equal(found.tables.distances, table)
    expected = verdicts(table, distances([], plan.measures), spectra, plan, 0)
    pd.testing.assert_frame_equal(found.verdicts, expected)


def test_files_and_arrays_give_the_same(tmp_path):
    values = {"a": linear(0), "b": linear(1, RATES**2)}
    np.save(tmp_path / "a.npy", values["a"])
    np.savez_compressed(tmp_path / "b.npz", values["b"])
    from_files = traindyn.compare_recordings({"a": tmp_path / "a.npy", "b": str(tmp_path / "b.npz")})
    from_arrays = traindyn.compare_recordings(values)
    pd.testing.assert_frame_equal(from_files.verdicts, from_arrays.verdicts)


def test_single_runs_with_replicas_are_judged_by_parts_and_say_so():
    found = traindyn.compare_recordings({"a": linear(0, replicas=8), "b": linear(1, RATES**3, replicas=8)}, delays=2)
    assert set(found.verdicts.unit) == {"replicas"}
    assert set(found.verdicts.n_a) == {8}
    assert any("parts of the replicas of each stand in for them" in note for note in found.notes)


def test_single_runs_of_single_replicas_have_a_distance_and_no_test():
    found = traindyn.compare_recordings({"a": linear(0, replicas=1)[0], "b": linear(1, RATES**2, replicas=1)[0]})
    assert set(found.verdicts.verdict) == {"undecided"}
    assert np.isfinite(found.verdicts.paired_mean).all()
    assert found.verdicts.p_value.isna().all()
    assert any("a and b: undecided, since no test is possible with a single run" in note for note in found.notes)


def test_divergence_is_named_with_its_step():
    bad = linear(2)
    bad[1, 17, 0] = np.inf
    found = traindyn.compare_recordings({"a": [linear(0), linear(1)], "b": bad})
    assert set(found.verdicts.verdict) == {"diverged"}
    assert any("b, seed 0, replica 1: diverged at step 17" in note for note in found.notes)
    with pytest.raises(InputError, match="every seed diverged"):
        traindyn.spectrum_table(bad)


def test_groups_of_other_lengths_dimensions_and_precisions_are_compared():
    """The slow half of a system seen in fewer weights, with fewer steps, in single precision."""
    small = linear(3, RATES, steps=30).astype("float32")
    large = np.concatenate([linear(4, steps=50), linear(4, steps=50)], axis=2)
    found = traindyn.compare_recordings({"small": [small, small], "large": [large, large]}, modes=4)
    assert set(found.tables.spectra.groupby(["group", "seed"]).size()) == {4}
    paired = found.verdicts.set_index("measure").paired_mean
    assert paired["wasserstein"] < 1e-3


@pytest.mark.parametrize(
    ("given", "words"),
    [({}, "at least two"), ({"a": linear()}, "at least two"), ({"a": linear(), "b": []}, "of 'b': none given")],
)
def test_what_cannot_be_compared(given, words):
    with pytest.raises(InputError, match=words):
        traindyn.compare_recordings(given)


# ---- the rule for delays, modes and parts ----


def test_default_delays_are_the_papers_within_bounds():
    # int(32·10/h) delays for h·10 weights: 64, 32 and 8.
    assert [default_delays(h * 10, 1000) for h in (5, 10, 40)] == [64, 32, 8]
    assert default_delays(2, 100) == 25
    assert default_delays(10**6, 1000) == 4
    assert [default_delays(10**6, steps) for steps in (2, 3, 8, 16)] == [0, 0, 2, 4]


def test_default_modes_never_exceed_what_a_fit_can_bear():
    draw = np.random.default_rng(0)
    for _ in range(200):
        size = Size(*(int(n) for n in draw.integers((1, 3, 1), (9, 60, 40))))
        delays = {"a": default_delays(size.weights, size.steps)}
        modes = default_modes({"a": [size]}, delays)
        assert 1 <= modes <= 10
        assert modes <= (delays["a"] + 1) * size.weights
        assert modes == 1 or 2 * modes <= size.replicas * (size.steps - delays["a"] - 1)


def test_default_parts_are_for_single_seeds_only():
    one, two = Size(25, 100, 2), Size(3, 100, 2)
    assert default_parts({"a": [one], "b": [one]}) == 8
    assert default_parts({"a": [one], "b": [two]}) == 3
    assert default_parts({"a": [one, one], "b": [one]}) == 1
    assert default_parts({"a": [one]}) == 1


# ---- what a recording is ----


def recorded(path, diverged=-1):
    names = {"experiment": "e", "architecture": "mlp", "optimizer": "sgd", "group": "mine"}
    made = {"versions": json.dumps({"torch": "2.0"}), "git_commit": "abc"}
    sizes = {"seeds": [4, 9], "replicas": 2, "steps": [10, 20, 30], "layers": {"w": 3, "b": 1}, "dtype": "float64"}
    with RecordingWriter(path, attributes=names | made, **sizes) as writer:
        for step in range(3):
            weights = np.ones((2, 2, 4))
            weights[1, 1] = np.nan if diverged >= 0 and step == 2 else 1
            writer.write(weights, np.zeros((2, 2)))
        writer.close(np.array([[-1, -1], [-1, diverged]]))
    return path


def test_a_recording_is_described(tmp_path):
    found = traindyn.describe_recording(recorded(tmp_path / "r.h5", diverged=30))
    assert found.labels["group"] == "mine"
    assert (found.seeds, found.replicas, found.steps, found.recorded) == ([4, 9], 2, (10, 30, 10), 3)
    assert found.layers == {"w": 3, "b": 1}
    assert found.diverged == [(9, 1, 30)]
    assert found.versions == {"torch": "2.0", "commit": "abc"}


# ---- the command ----


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for seed in range(4):
        np.save(f"a{seed}.npy", linear(seed))
        np.savez(f"b{seed}.npz", weights=linear(10 + seed, RATES**3))
    return tmp_path


def test_compare_writes_tables_and_a_figure_and_prints_verdicts(folder, capsys):
    given = [*(f"a=a{seed}.npy" for seed in range(4)), *(f"b=b{seed}.npz" for seed in range(4))]
    assert main(["compare", *given, "--delays", "2", "--modes", "4", "--output", "out"]) == 0
    said = capsys.readouterr()
    assert "non-conjugate" in said.out
    assert said.err.count("fits remain") == 8
    written = pd.read_csv("out/verdicts.csv")
    assert list(written.verdict[written.measure == "wasserstein"]) == ["non-conjugate"]
    assert (folder / "out" / "comparison.png").read_bytes().startswith(b"\x89PNG")
    assert len(pd.read_csv("out/spectra.csv")) == 8 * 4
    command = ["compare", *given, "--delays", "2", "--modes", "4", "--output", "out", "--quiet"]
    assert main([*command, "--expect", "non-conjugate"]) == 0
    assert main([*command, "--expect", "equivalent"]) == 3


def test_files_without_a_label_are_groups_of_their_own(folder, capsys):
    assert main(["compare", "a0.npy", "b0.npz", "a1.npy", "--delays", "2", "--quiet"]) == 0
    assert set(pd.read_csv("comparison/verdicts.csv").group_a) == {"a0", "b0"}
    (folder / "other").mkdir()
    np.save("other/a0.npy", linear(5))
    capsys.readouterr()
    assert main(["compare", "a0.npy", "other/a0.npy"]) == 1
    assert "other/a0.npy: a second recording called 'a0'; say what each is: label=path" in capsys.readouterr().err


def test_spectrum_prints_or_writes(folder, capsys):
    assert main(["spectrum", "a0.npy", "--delays", "2", "--modes", "4", "--quiet"]) == 0
    printed = capsys.readouterr().out.splitlines()
    assert printed[0].split()[:4] == ["seed", "mode", "real", "imag"]
    assert len(printed) == 5
    assert (
        main(["spectrum", "a0.npy", "--delays", "2", "--modes", "4", "--csv", "s.csv", "--figure", "drawn", "--quiet"])
        == 0
    )
    np.testing.assert_allclose(pd.read_csv("s.csv").modulus, np.sort(RATES)[::-1], atol=1e-9)
    assert (folder / "drawn.png").stat().st_size > 5000
    assert main(["spectrum", "a0.npy", "--csv", "s.txt"]) == 1


def test_show_says_what_is_there(folder, capsys):
    recorded(folder / "r.h5")
    assert main(["show", "r.h5"]) == 0
    said = capsys.readouterr().out
    for words in (
        "group       mine",
        "seeds       2: 4, 9",
        "w: 3",
        "diverged    none",
        "checksums   agree",
        "torch 2.0",
    ):
        assert words in said


def test_wrong_use_has_a_status_of_its_own(capsys):
    for arguments in ([], ["compair"], ["compare"], ["spectrum", "a.npy", "--modes", "many"]):
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        assert ended.value.code == 2
    assert "Traceback" not in capsys.readouterr().err


def test_importing_the_package_and_asking_for_help_are_light():
    heavy = "any(name in sys.modules for name in ('torch', 'pandas', 'scipy', 'h5py'))"
    for code in ("import traindyn", "from traindyn.command.main import parser; parser()"):
        done = subprocess.run([sys.executable, "-c", f"import sys; {code}; sys.exit({heavy})"])
        assert done.returncode == 0
    assert {"compare_recordings", "spectrum_table", "describe_recording"} <= set(dir(traindyn))
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        traindyn.nothing  # noqa: B018
