"""Masks of inputs, log odds, checkpoints; whole studies of trainings of the project."""

import numpy as np
import pandas as pd
import pytest
import torch
from torch import nn

from traindyn.config import Component, InteractionsPlan, TrainingJob
from traindyn.config.plans import RecordingPlan, TrainingPlan
from traindyn.errors import InputError
from traindyn.interactions.checkpoints import at_rest, chosen_steps, parameters, restorable
from traindyn.interactions.moebius import orders, rebuilt
from traindyn.interactions.outputs import log_odds, masked_outputs
from traindyn.interactions.sparsest import sparsest
from traindyn.interactions.study import study
from traindyn.interactions.variables import baseline, masked, variables
from traindyn.recording import open_recording
from traindyn.training import train


def job(network, seeds=(0,), steps=20, lr=0.1):
    return TrainingJob(
        experiment="e",
        group="g",
        architecture="a",
        optimizer="o",
        root_seed=0,
        seeds=list(seeds),
        replicas=1,
        perturbation=0.01,
        task=Component(name="digits", batch_size=60),
        network=Component(**network),
        optimization=Component(name="sgd", lr=lr),
        training=TrainingPlan(steps=steps, test_every=steps),
        recording=RecordingPlan(every=10),
    )


PLAN = InteractionsPlan(grid=[2, 2], samples=3, checkpoints=3)
SMALL = {"name": "mlp", "hidden": [6]}


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """Two seeds of a small network, studied."""
    folder = tmp_path_factory.mktemp("trained")
    path = folder / "recording.h5"
    train(job(SMALL, seeds=(0, 1)), folder, path)
    said = []
    with open_recording(path) as recording:
        tables = study(recording, job(SMALL, seeds=(0, 1)), PLAN, [0, 1], folder, said.append)
    return path, tables, said


def test_patches_divide_an_image_and_spare_its_margin():
    expected = [[-1, -1, -1, -1, -1], [-1, 0, 1, 1, -1], [-1, 2, 3, 3, -1], [-1, 2, 3, 3, -1], [-1, -1, -1, -1, -1]]
    found = variables((2, 5, 5), [2, 2], 1)
    assert found.shape == (2, 5, 5)
    # Uneven lengths: place·parts // length.
    assert {int(x) for x in found.unique()} == {-1, 0, 1, 2, 3}
    assert torch.equal(found[0], found[1])
    assert (found[0] == -1).sum() == (torch.tensor(expected) == -1).sum()
    assert [int((found[0] == i).sum()) for i in range(4)] == [4, 2, 2, 1]
    assert variables((7,), [3], 0).tolist() == [0, 0, 0, 1, 1, 2, 2]


@pytest.mark.parametrize(("shape", "grid", "margin"), [((8, 8), [9, 1], 0), ((8, 8), [2, 2], 4), ((5,), [2, 2], 0)])
def test_patches_that_an_input_does_not_have(shape, grid, margin):
    with pytest.raises(InputError, match=r"grid = .*, margin = .: inputs of shape .* have no such patches"):
        variables(shape, grid, margin)


def test_masked_values_are_the_baseline():
    inputs = torch.tensor([[1.0, 2, 3, 4], [3.0, 2, 1, 0]])
    variable = torch.tensor([0, 0, 1, -1])
    mean = baseline(inputs, "mean")
    assert mean.tolist() == [2, 2, 2, 2]
    assert baseline(inputs, "lowest").tolist() == [0] * 4
    assert baseline(inputs, -1.5).tolist() == [-1.5] * 4
    found = masked(inputs[0], variable, mean, np.arange(4))
    assert found.tolist() == [[2, 2, 2, 4], [1, 2, 2, 4], [2, 2, 3, 4], [1, 2, 3, 4]]


def test_log_odds_are_exact_where_probabilities_are_rounded():
    logits = torch.tensor([[1.0, -2, 0.5], [800.0, 0, 0]], dtype=torch.float64)
    p = logits[0].softmax(-1)[1]
    found = log_odds(logits, torch.tensor(1))
    assert float(found[0]) == pytest.approx(float(torch.log(p / (1 - p))), abs=1e-12)
    assert float(log_odds(logits, torch.tensor(0))[1]) == pytest.approx(800 - np.log(2))


def test_an_and_of_patches_is_found_in_what_a_network_answers():
    """Log odds 5·min over two of four inputs: one AND interaction of them."""

    def network(x):
        logit = 5 * torch.minimum(x[:, 0], x[:, 2])
        return torch.stack([logit, torch.zeros_like(logit)], dim=-1)

    ones, where = torch.ones(4, dtype=torch.float64), torch.arange(4)
    v = masked_outputs(network, ones, torch.tensor(0), where, torch.zeros(4, dtype=torch.float64))
    found = sparsest(v)
    assert found.I_and[0b101] == pytest.approx(5, abs=1e-9)
    assert np.abs(found.I_and).sum() + np.abs(found.I_or).sum() == pytest.approx(5, abs=1e-8)


def test_masked_outputs_of_a_trained_network_are_rebuilt(trained):
    """Of all 2ⁿ masks, to 1e-9; and v(N) is the log odds of the input itself."""
    path, _, _ = trained
    from traindyn.config import build_component
    from traindyn.training.initialisation import skeleton

    task = build_component("task", Component(name="digits"))
    data, network = task.load(path.parent), skeleton(build_component("architecture", Component(**SMALL)), task)
    inputs = data.train_inputs.double()
    with open_recording(path) as recording:
        flat = recording.read_weights(0, 0, slice(2, 3), slice(None))[0]
    answer = at_rest(network, parameters(network, flat), inputs)
    v = masked_outputs(answer, inputs[5], data.train_targets[5], variables((1, 8, 8), [2, 4], 0), inputs.mean(0))
    assert v.shape == (256,)
    assert v[-1] == pytest.approx(float(log_odds(answer(inputs[5:6]), data.train_targets[5])[0]), abs=1e-12)
    found = sparsest(v)
    np.testing.assert_allclose(rebuilt(found.I_and, found.I_or), v, atol=1e-9)


def test_tables_of_a_study(trained):
    path, tables, said = trained
    assert said[0].startswith("every split is within ")
    assert float(said[0].split()[4]) < 1e-6
    checkpoints = tables["checkpoints"]
    assert checkpoints[["seed", "step"]].to_numpy().tolist() == [[s, t] for s in (0, 1) for t in (0, 10, 20)]
    with open_recording(path) as recording:
        test_loss, accuracy = recording.scalars("test_loss"), recording.scalars("test_accuracy")
    ends = checkpoints[checkpoints["step"] == 20]
    np.testing.assert_allclose(ends["test_loss"], test_loss[:, 0, -1], rtol=1e-5)
    np.testing.assert_allclose(ends["test_accuracy"], accuracy[:, 0, -1], rtol=1e-6)
    np.testing.assert_allclose(checkpoints["gap"], checkpoints["test_loss"] - checkpoints["train_loss"])
    # Theory starts from the last checkpoint.
    np.testing.assert_array_equal(ends["variance"], 0)
    np.testing.assert_allclose(ends["r2"], 1)
    measured = tables["theory"].groupby(["seed", "step"])["measured"].sum()
    np.testing.assert_allclose(measured, 1)


def test_strengths_are_sums_of_the_salient_interactions(trained):
    _, tables, _ = trained
    salient = tables["salient"]
    assert set(salient["order"] - orders(4)[salient["members"]]) == {0}
    keys = ["seed", "step", "kind", "order"]
    positive = salient[salient["value"] > 0].groupby(keys)["value"].sum() / PLAN.samples
    found = tables["strengths"].set_index(keys)["positive"]
    pd.testing.assert_series_equal(found[found > 0], positive, check_names=False)


def test_a_seed_is_studied_alike_with_any_others(trained, tmp_path):
    path, tables, _ = trained
    with open_recording(path) as recording:
        alone = study(recording, job(SMALL, seeds=(0, 1)), PLAN, [1], tmp_path, lambda line: None)
    for name, table in tables.items():
        pd.testing.assert_frame_equal(table[table["seed"] == 1].reset_index(drop=True), alone[name])


def test_a_network_that_diverges_is_left_out(tmp_path):
    training = job(SMALL, lr=1e38)
    train(training, tmp_path, tmp_path / "recording.h5")
    with open_recording(tmp_path / "recording.h5") as recording:
        tables = study(recording, training, PLAN, [0], tmp_path, lambda line: None)
        nothing = study(
            recording, training, PLAN.model_copy(update={"checkpoints": [10, 20]}), [0], tmp_path, lambda line: None
        )
    assert set(tables["checkpoints"]["step"]) == {0}
    assert all(table.empty for table in nothing.values())
    assert {name: list(table) for name, table in nothing.items()} == {n: list(t) for n, t in tables.items()}


def test_statistics_of_batch_normalisation_are_taken_anew():
    """Evaluation mode with them answers as training mode on the same samples does, but for the unbiased variance."""
    generator = torch.Generator().manual_seed(0)
    network = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4)).double()
    nn.init.normal_(network[0].weight, generator=generator)
    inputs = torch.randn(50, 3, generator=generator, dtype=torch.float64)
    weights = {name: p.detach() for name, p in network.named_parameters()}
    found = at_rest(network, weights, inputs)(inputs)
    assert found.mean(0).abs().max() < 1e-12
    np.testing.assert_allclose(found.var(0).detach(), torch.ones(4), rtol=1e-4)
    assert restorable(network)
    assert not restorable(nn.Sequential(nn.LSTM(2, 2), _Counting()))


class _Counting(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("calls", torch.zeros(()))


def test_checkpoints_are_even_on_a_logarithmic_scale():
    assert chosen_steps(range(0, 1001), 4) == [0, 9, 99, 1000]
    assert chosen_steps(range(0, 101, 50), 3) == [0, 50, 100]
    assert chosen_steps(range(10), 9) == [0, 1, 2, 3, 5, 6, 9]
    assert chosen_steps(range(5, 9), [5, 8]) == [5, 8]
    with pytest.raises(InputError, match="checkpoints: step 7 is not recorded"):
        chosen_steps(range(0, 101, 10), [0, 7])
    with pytest.raises(InputError, match="checkpoints = 4: 3 steps are recorded"):
        chosen_steps(range(3), 4)


def test_more_samples_than_there_are(trained, tmp_path):
    path, _, _ = trained
    plan = PLAN.model_copy(update={"samples": 400, "data": "test"})
    with (
        open_recording(path) as recording,
        pytest.raises(InputError, match=r"interactions\.samples = 400: there are 297 samples in the test data"),
    ):
        study(recording, job(SMALL, seeds=(0, 1)), plan, [0], tmp_path, lambda line: None)
