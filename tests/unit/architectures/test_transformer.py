"""The transformer against its definition written out: all positions, masked scores, head by head, one network."""

import numpy as np
import pytest
import torch
from torch.nn import functional

from traindyn.config import TrainingJob, build_component
from traindyn.config.plans import Component
from traindyn.errors import InputError
from traindyn.optimizers.norm_constrained import network_norms
from traindyn.recording import open_recording
from traindyn.training import train
from traindyn.training.initialisation import random_weights, replicated, skeleton

STEPS = 20
MODULUS, D_MODEL, HEADS, D_MLP = 11, 12, 3, 20
PLANS = {
    "unconstrained": {"name": "adamw", "lr": 0.003, "betas": [0.9, 0.98], "weight_decay": 1.0},
    "norm-constrained": {"name": "norm_constrained", "lr": 0.003, "betas": [0.9, 0.98], "initial_scale": 0.8},
}


def make_job(optimizer: dict, **changes) -> TrainingJob:
    values = {
        "experiment": "e",
        "group": "g",
        "architecture": "a",
        "optimizer": "o",
        "root_seed": 5,
        "seeds": [2, 6],
        "replicas": 3,
        "perturbation": 0.001,
        "task": {"name": "modular_addition", "modulus": MODULUS},
        "network": {"name": "transformer", "d_model": D_MODEL, "heads": HEADS, "d_mlp": D_MLP},
        "optimization": optimizer,
        "training": {"steps": STEPS, "dtype": "float64", "test_every": 10},
        "recording": {"dtype": "float64"},
    }
    return TrainingJob(**(values | changes))


def logits(w: dict[str, torch.Tensor], tokens: torch.Tensor) -> torch.Tensor:
    """Logits (sample, position, token) of a decoder: explicit loops over heads, queries and the keys they may see."""
    x = torch.stack([w["embed.W_E"][column] for column in tokens.T], dim=1) + w["pos_embed.W_pos"]
    d_head = D_MODEL // HEADS
    heads = []
    for head in range(HEADS):
        k, q, v = (torch.einsum("hd,spd->sph", w[f"attn.W_{name}"][head], x) for name in "KQV")
        rows = []
        for query in range(tokens.shape[1]):
            scores = [(q[:, query] * k[:, key]).sum(1) / d_head**0.5 for key in range(query + 1)]  # the causal mask
            exponentials = torch.stack(scores, dim=1).exp()
            shares = exponentials / exponentials.sum(1, keepdim=True)
            rows.append(sum(shares[:, key, None] * v[:, key] for key in range(query + 1)))
        heads.append(torch.stack(rows, dim=1))
    x = x + torch.einsum("df,spf->spd", w["attn.W_O"], torch.cat(heads, dim=2))
    hidden = torch.einsum("md,spd->spm", w["mlp.W_in"], x) + w["mlp.b_in"]
    x = x + torch.einsum("dm,spm->spd", w["mlp.W_out"], hidden.clamp(min=0)) + w["mlp.b_out"]
    return torch.einsum("spd,dt->spt", x, w["unembed.W_U"])


def start(job: TrainingJob, seed: int, replica: int) -> dict[str, torch.Tensor]:
    task, architecture = build_component("task", job.task), build_component("architecture", job.network)
    weights = replicated(
        random_weights(architecture, task, job.root_seed, seed), job.root_seed, seed, job.replicas, job.perturbation
    )
    return {name: values[replica].clone().requires_grad_() for name, values in weights.items()}


def norm(weights: dict[str, torch.Tensor]) -> torch.Tensor:
    return torch.cat([w.detach().ravel() for w in weights.values()]).norm()


def one_at_a_time(job: TrainingJob, seed: int, replica: int, constrained: bool) -> tuple[np.ndarray, np.ndarray]:
    """Weights (step, weight) and losses (step,) of one network, the textbook way."""
    data = build_component("task", job.task).load(None)
    weights = start(job, seed, replica)
    decay = 0.0 if constrained else 1.0
    with torch.no_grad():
        for w in weights.values():
            w *= 0.8 if constrained else 1.0
    radius = norm(weights)
    optimizer = torch.optim.AdamW(weights.values(), lr=0.003, betas=(0.9, 0.98), weight_decay=decay)
    trajectory, losses = [], []
    for _ in range(STEPS + 1):
        loss = functional.cross_entropy(logits(weights, data.train_inputs)[:, -1], data.train_targets)
        trajectory.append(torch.cat([w.detach().ravel() for w in weights.values()]).numpy())
        losses.append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if constrained:
            factor = radius / norm(weights)
            with torch.no_grad():
                for w in weights.values():
                    w *= factor
    return np.array(trajectory), np.array(losses)


@pytest.mark.parametrize("name", PLANS)
def test_ensemble_equals_plain_pytorch(tmp_path, name):
    job = make_job(PLANS[name])
    train(job, tmp_path, tmp_path / "r.h5")
    with open_recording(tmp_path / "r.h5") as recording:
        for row, seed in enumerate(job.seeds):
            for replica in range(job.replicas):
                weights, losses = one_at_a_time(job, seed, replica, constrained=name == "norm-constrained")
                np.testing.assert_allclose(recording.trajectories(seed)[replica], weights, rtol=0, atol=1e-8)
                np.testing.assert_allclose(recording.scalars("train_loss")[row, replica], losses, rtol=0, atol=1e-8)
                assert losses[-1] < losses[0]


def test_the_norm_of_each_network_stays_its_own(tmp_path):
    """Over all parameters together, after the initial scale and the replica's perturbation; not over the ensemble."""
    job = make_job(PLANS["norm-constrained"], training={"steps": 200, "dtype": "float64"})
    train(job, tmp_path, tmp_path / "r.h5")
    with open_recording(tmp_path / "r.h5") as recording:
        for seed in job.seeds:
            norms = np.linalg.norm(recording.trajectories(seed), axis=2)
            expected = [0.8 * norm(start(job, seed, replica)).item() for replica in range(job.replicas)]
            np.testing.assert_allclose(norms, np.transpose([expected] * 201), rtol=1e-12)
            assert np.ptp(expected) > 1e-6  # replicas differ, so a common norm would show
    without = make_job(PLANS["unconstrained"])
    train(without, tmp_path, tmp_path / "free.h5")
    with open_recording(tmp_path / "free.h5") as recording:
        norms = np.linalg.norm(recording.trajectories(2), axis=2)
        assert (abs(norms[:, -1] / norms[:, 0] - 1) > 1e-3).all()


def test_float32_weights_keep_their_norm_to_rounding():
    """Summed in double precision: 1e-7 for single weights, and no drift over the steps."""
    generator = torch.Generator().manual_seed(0)
    stacked = [torch.nn.Parameter(torch.randn(2, 3, 40, 50, generator=generator)) for _ in range(3)]
    optimizer = build_component("optimizer", Component(name="norm_constrained", lr=0.1)).build(stacked)
    expected = network_norms(stacked)
    for _ in range(50):
        for weights in stacked:
            weights.grad = torch.randn(weights.shape, generator=generator)
        optimizer.step()
    np.testing.assert_allclose(network_norms(stacked).detach(), expected.detach(), rtol=1e-7)


def test_recorded_layers_of_the_paper_have_65536_weights():
    network = skeleton(
        build_component("architecture", Component(name="transformer")),
        build_component("task", Component(name="modular_addition")),
    )
    shapes = {name: tuple(parameter.shape) for name, parameter in network.named_parameters()}
    assert shapes == {
        "embed.W_E": (114, 128),
        "pos_embed.W_pos": (3, 128),
        "attn.W_K": (4, 32, 128),
        "attn.W_Q": (4, 32, 128),
        "attn.W_V": (4, 32, 128),
        "attn.W_O": (128, 128),
        "mlp.W_in": (512, 128),
        "mlp.b_in": (512,),
        "mlp.W_out": (128, 512),
        "mlp.b_out": (128,),
        "unembed.W_U": (128, 114),
    }


def test_initial_weights_are_normal_with_the_stated_variance():
    """The deviation of n normal numbers scatters by a share 1/√(2n): 5 of these."""
    task, architecture = Component(name="modular_addition"), Component(name="transformer")
    weights = random_weights(build_component("architecture", architecture), build_component("task", task), 0, 0)
    for name, values in weights.items():
        if ".b_" in name:
            assert not values.any()
            continue
        expected = 114**-0.5 if name == "unembed.W_U" else 128**-0.5
        assert values.std().item() == pytest.approx(expected, rel=5 / (2 * values.numel()) ** 0.5)


@pytest.mark.parametrize(
    ("options", "shape", "words"),
    [
        ({"d_model": 10, "heads": 4}, (3,), "d_model 10 must be a multiple of heads 4"),
        ({}, (1, 8, 8), r"reads a row of tokens; the task's inputs have shape \(1, 8, 8\)"),
    ],
)
def test_what_does_not_fit_is_named(options, shape, words):
    with pytest.raises(InputError, match=words):
        build_component("architecture", Component(name="transformer", **options)).build(shape, 10)
