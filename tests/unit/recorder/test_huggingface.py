"""The recorder in Hugging Face's Trainer: the weights and losses that the network itself saw."""

import numpy as np
import pytest
import torch
from own_loops import INPUTS, TARGETS, flat, network
from torch import nn

from traindyn import every
from traindyn.recording import open_recording

pytest.importorskip("accelerate", reason="accelerate is not installed (extra `huggingface`)", exc_type=ImportError)
transformers = pytest.importorskip(
    "transformers", reason="transformers is not installed (extra `huggingface`)", exc_type=ImportError
)

from traindyn.recorder.huggingface import RecorderCallback  # noqa: E402


class Net(nn.Module):
    """Returns its loss, as the library's own networks do; keeps what it saw of every batch."""

    def __init__(self):
        super().__init__()
        self.net, self.seen = network(), []

    def forward(self, x, labels):
        loss = nn.functional.mse_loss(self.net(x), labels)
        if self.training:
            self.seen.append((flat(self.net).numpy(), loss.item()))
        return {"loss": loss}


class SummedNet(Net):
    """Divides by the items of all batches of a step, as the library's language models do."""

    def forward(self, x, labels, num_items_in_batch=None, **kwargs):
        loss = nn.functional.mse_loss(self.net(x), labels, reduction="sum") / num_items_in_batch
        self.seen.append((flat(self.net).numpy(), loss.item()))
        return {"loss": loss}


class Rows(torch.utils.data.Dataset):
    def __len__(self):
        return len(INPUTS)

    def __getitem__(self, index):
        return {"x": INPUTS[index], "labels": TARGETS[index]}


def train(model, callback, folder, *, checkpoint=None, **options):
    arguments = transformers.TrainingArguments(
        str(folder), num_train_epochs=3, per_device_train_batch_size=3, use_cpu=True, report_to=[], disable_tqdm=True,
        save_strategy=options.pop("save_strategy", "no"), logging_strategy="no", learning_rate=0.05, **options,
    )  # fmt: skip
    trainer = transformers.Trainer(model, arguments, train_dataset=Rows(), callbacks=[callback])
    trainer.train(resume_from_checkpoint=checkpoint)


def stored(path):
    with open_recording(path) as recording:
        return recording.steps.tolist(), recording.trajectories(0)[0], recording.scalars("train_loss")[0, 0]


@pytest.mark.parametrize(("kind", "combine"), [(Net, np.mean), (SummedNet, np.sum)])
@pytest.mark.parametrize("accumulate", [1, 2])
def test_every_step_and_the_last_weights(tmp_path, kind, combine, accumulate):
    model = kind()
    callback = RecorderCallback(tmp_path / "run.h5", layers="net.*")
    train(model, callback, tmp_path, gradient_accumulation_steps=accumulate)
    steps, weights, losses = stored(tmp_path / "run.h5")
    assert steps == list(range(12 // accumulate + 1))
    seen = model.seen[::accumulate]
    np.testing.assert_array_equal(weights, [*(one for one, _ in seen), flat(model.net).numpy()])
    expected = combine(np.reshape([loss for _, loss in model.seen], (-1, accumulate)), axis=1)
    np.testing.assert_allclose(losses, [*expected, np.nan], rtol=1e-6)


def test_a_checkpoint_goes_on(tmp_path):
    path = tmp_path / "run.h5"
    train(Net(), RecorderCallback(path, when=every(2)), tmp_path, save_strategy="steps", save_steps=4)
    whole = stored(path)
    again = Net()
    callback = RecorderCallback(path, when=every(2), resume=True)
    train(again, callback, tmp_path, checkpoint=str(tmp_path / "checkpoint-8"))
    assert len(again.seen) == 4
    for one, other in zip(whole, stored(path), strict=True):
        np.testing.assert_array_equal(one, other)
