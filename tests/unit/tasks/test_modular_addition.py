"""Modular addition: every pair once, with the right answer, split as asked."""

from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from traindyn.config import Component, build_component
from traindyn.errors import InputError
from traindyn.tasks.modular_addition import ModularAddition


@settings(max_examples=25, deadline=None)
@given(st.integers(2, 24), st.floats(0.26, 0.99), st.integers(0, 5))
def test_every_pair_once_with_its_answer(modulus, fraction, seed):
    data = ModularAddition(modulus=modulus, train_fraction=fraction, split_seed=seed).load(Path())
    assert len(data.train_inputs) == int(fraction * modulus**2)
    inputs = torch.cat([data.train_inputs, data.test_inputs]).tolist()
    targets = torch.cat([data.train_targets, data.test_targets]).tolist()
    expected = [(a, b, (a + b) % modulus) for a in range(modulus) for b in range(modulus)]
    assert sorted((a, b, c) for (a, b, _), c in zip(inputs, targets, strict=True)) == expected
    assert all(equals == modulus for _, _, equals in inputs)


def test_the_paper_trains_3830_of_12769_pairs():
    data = ModularAddition().load(Path())
    assert (len(data.train_inputs), len(data.test_inputs)) == (3830, 8939)
    assert data.train_inputs.dtype == torch.int64


def test_the_split_is_drawn_and_hangs_on_its_seed_alone():
    def trained(seed):
        return ModularAddition(modulus=23, split_seed=seed).load(Path()).train_inputs[:, :2]

    assert torch.equal(trained(1), trained(1))
    assert not torch.equal(trained(1), trained(2))
    # 158 of 529 pairs at random: rows a are neither sorted nor missing.
    assert len(set(trained(1)[:, 0].tolist())) == 23
    assert trained(1)[:, 0].tolist() != sorted(trained(1)[:, 0].tolist())


def test_every_step_sees_the_whole_training_set():
    task = ModularAddition(modulus=5)
    batches = task.batches(7, 1_000_000, np.random.default_rng(0))
    assert batches.shape == (1_000_000, 7)
    np.testing.assert_array_equal(batches[[0, 999_999]], [range(7)] * 2)
    assert batches.strides[0] == 0  # no copy per step
    assert task.shares_order


def test_loss_and_accuracy_by_hand():
    task = ModularAddition(modulus=3)
    outputs = torch.tensor([[0.0, 1.0, 2.0, -1.0], [3.0, 0.0, 0.0, 0.0]], dtype=torch.float64)
    targets = torch.tensor([2, 1])
    by_hand = [np.log(np.exp(row).sum()) - row[target] for row, target in zip(outputs.numpy(), (2, 1), strict=True)]
    assert task.loss(outputs, targets).item() == pytest.approx(np.mean(by_hand), abs=1e-14)
    assert task.accuracy(outputs, targets).item() == 0.5


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"modulus": 1}, "modulus = 1: Input should be greater than or equal to 2"),
        ({"modulus": 5.0}, "modulus = 5.0: Input should be a valid integer"),
        ({"train_fraction": 1.0}, "train_fraction = 1.0: Input should be less than 1"),
        ({"modulus": 2, "train_fraction": 0.2}, "train_fraction 0.2 leaves no pair to train: 4 pairs in all"),
        ({"prime": 7}, "prime: unknown key"),
    ],
)
def test_bad_options_are_named(options, words):
    with pytest.raises(InputError, match=words):
        build_component("task", Component(name="modular_addition", **options))
