"""Trainings of the project followed: the same as trained, exponents by both operators, large networks, divergence."""

import tracemalloc

import numpy as np
import pandas as pd
import pytest
import torch

from traindyn.config import Component, StabilityPlan, TrainingJob
from traindyn.config.plans import RecordingPlan, TrainingPlan
from traindyn.recording import open_recording
from traindyn.stability.follow import double, follow, load, start
from traindyn.stability.study import study
from traindyn.training import train


def job(task, network, optimizer, steps, seeds=(0, 1), replicas=1, **training):
    return TrainingJob(
        experiment="e",
        group="g",
        architecture="a",
        optimizer="o",
        root_seed=0,
        seeds=list(seeds),
        replicas=replicas,
        perturbation=0.01,
        task=Component(**task),
        network=Component(**network),
        optimization=Component(**optimizer),
        training=TrainingPlan(steps=steps, **{"dtype": "float64", **training}),
        recording=RecordingPlan(dtype="float64"),
    )


PARITY = {"name": "regression", "function": "parity", "inputs": 2}
TANH = {"name": "mlp", "hidden": [3], "activation": "tanh"}


def studied(tmp_path, training, plan, **kwargs):
    path = tmp_path / "recording.h5"
    train(training, tmp_path, path)
    said = []
    with open_recording(path) as recording:
        return study(recording, training, plan, training.seeds, tmp_path, said.append, **kwargs), said


OPTIMIZERS = [
    {"name": "sgd", "lr": 0.1, "momentum": 0.9, "nesterov": True},
    {"name": "adamw", "lr": 0.01},
    {"name": "norm_constrained", "lr": 0.01},
]


@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=lambda o: o["name"])
def test_followed_weights_are_the_recorded_ones(tmp_path, optimizer):
    """Same start, same batches, same steps: of digits in batches, two seeds, replicas; to rounding."""
    network = {"name": "mlp", "hidden": [4], "activation": "gelu"}
    training = job({"name": "digits"}, network, optimizer, steps=6, replicas=2)
    plan = StabilityPlan(exponents=2, report_every=2, replicas=2)
    tables, said = studied(tmp_path, training, plan)
    assert said[0].startswith("step 6: the followed weights are within ")
    assert float(said[0].split()[7]) < 1e-12
    exponents = tables["exponents"]
    assert len(exponents) == 2 * 2 * 3 * 2  # seeds, replicas, reports, exponents
    with open_recording(tmp_path / "recording.h5") as recording:
        losses = recording.scalars("train_loss")
    for row in exponents.itertuples():
        assert row.loss == pytest.approx(losses[row.seed, row.replica, row.step], rel=1e-12)
        assert row.final_loss == losses[row.seed, row.replica, -1]


def test_both_operators_give_the_same_exponents(tmp_path):
    training = job(PARITY, TANH, {"name": "sgd", "lr": 0.3, "weight_decay": 0.01}, steps=40, replicas=2)
    plans = [
        StabilityPlan(exponents=13, report_every=10, replicas=2, operator=operator)
        for operator in ("products", "closed_form")
    ]
    first, second = (studied(tmp_path, training, plan)[0] for plan in plans)
    pd.testing.assert_frame_equal(first["exponents"], second["exponents"], rtol=1e-9, atol=1e-10)
    pd.testing.assert_frame_equal(first["angles"], second["angles"], rtol=1e-6, atol=1e-8)


def test_all_exponents_sum_to_the_logarithm_of_the_determinant(tmp_path):
    """Whatever the columns start from: ln |det A_t … A_0| (here of I − ηH by automatic differentiation)."""
    training = job(PARITY, TANH, {"name": "sgd", "lr": 0.3}, steps=10, seeds=(3,))
    tables, _ = studied(tmp_path, training, StabilityPlan(exponents=13, report_every=10))
    with open_recording(tmp_path / "recording.h5") as recording:
        weights = torch.as_tensor(recording.trajectories(3)[0])
    x = torch.tensor([[-1.0, -1], [-1, 1], [1, -1], [1, 1]], dtype=torch.float64)

    def loss(w):
        hidden = torch.tanh(x @ w[:6].view(3, 2).T + w[6:9])
        return 0.5 * ((hidden @ w[9:12] + w[12] - x.prod(-1)) ** 2).mean()

    eye = torch.eye(13, dtype=torch.float64)
    steps = [torch.linalg.slogdet(eye - 0.3 * torch.autograd.functional.hessian(loss, w))[1] for w in weights[:10]]
    assert tables["exponents"]["exponent"].sum() * 10 == pytest.approx(float(sum(steps)), abs=1e-10)


def test_orthonormalising_less_often_changes_nothing_but_rounding(tmp_path):
    training = job(PARITY, TANH, {"name": "adam", "lr": 0.01}, steps=40)
    often, seldom = (
        studied(tmp_path, training, StabilityPlan(exponents=5, report_every=20, every=every))[0] for every in (1, 5)
    )
    pd.testing.assert_frame_equal(often["exponents"], seldom["exponents"], rtol=1e-8, atol=1e-9)


def test_a_seed_is_followed_alike_with_any_others(tmp_path):
    training = job(PARITY, TANH, {"name": "sgd", "lr": 0.3}, steps=20, seeds=(0, 1, 2))
    plan = StabilityPlan(exponents=4, report_every=10)
    path = tmp_path / "recording.h5"
    train(training, tmp_path, path)
    with open_recording(path) as recording:
        together, alone = (
            study(recording, training, plan, seeds, tmp_path, print)["exponents"] for seeds in ([0, 1, 2], [2])
        )
    own = together[together["seed"] == 2].reset_index(drop=True)
    pd.testing.assert_frame_equal(own, alone, rtol=1e-10, atol=1e-12)


def test_a_network_that_diverges_leaves_the_others_alone(tmp_path):
    """lr far too large for one seed's start is NaN from there on; log loss of others as without it."""
    training = job({"name": "regression", "function": "sine"}, TANH, {"name": "sgd", "lr": 1e308}, steps=6)
    tables, _ = studied(tmp_path, training, StabilityPlan(exponents=2, report_every=2))
    assert tables["exponents"]["exponent"].isna().any()
    assert np.isinf(tables["exponents"]["final_loss"]).all()


RESNET = {"name": "resnet20", "width": 2}
TRANSFORMER = {"name": "transformer", "d_model": 8, "heads": 2, "d_mlp": 16}
LARGE = [
    ({"name": "digits", "batch_size": 8}, RESNET, {"name": "sgd", "lr": 0.1, "momentum": 0.9}),
    ({"name": "modular_addition", "modulus": 7}, TRANSFORMER, {"name": "adamw", "lr": 0.01, "betas": [0.9, 0.98]}),
]


@pytest.mark.parametrize(("task", "network", "optimizer"), LARGE, ids=["resnet20", "transformer"])
def test_networks_of_the_project_have_leading_exponents(tmp_path, task, network, optimizer):
    """Batch normalisation, convolutions, attention; momentum and Adam's averages among the coordinates."""
    training = job(task, network, optimizer, steps=3, seeds=(0,))
    tables, said = studied(tmp_path, training, StabilityPlan(exponents=3, report_every=3))
    assert np.isfinite(tables["exponents"]["exponent"]).all()
    assert float(said[0].split()[7]) < 1e-10


def test_memory_grows_with_columns_not_with_their_square_in_weights(tmp_path):
    """A ResNet-20 alone: what is kept of every step is m × m numbers, not columns of weights."""
    training = double(job(*LARGE[0], steps=8, seeds=(0,)), [0], 1)
    plan = StabilityPlan(exponents=3, report_every=4)
    task, data = load(training, tmp_path)
    (block,) = start(training, plan, task, data)
    followed = follow(block, training, plan, task, data, lambda step, block: None)
    kept = sum(R.numel() for R in followed.triangles)
    assert kept == 8 * 3 * 3
    assert all(R.shape == (1, 1, 3, 3) for R in followed.triangles)
    tracemalloc.stop()
