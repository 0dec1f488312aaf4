"""The recorder in Lightning: the weights and losses that the module itself saw."""

import numpy as np
import pytest
import torch
from own_loops import INPUTS, TARGETS, flat, network
from torch import nn

from traindyn import every, recover
from traindyn.recording import open_recording

pytest.importorskip("lightning", reason="lightning is not installed (extra `lightning`)", exc_type=ImportError)
pl = pytest.importorskip("lightning.pytorch")

from traindyn.recorder.lightning import RecorderCallback  # noqa: E402


class Module(pl.LightningModule):
    def __init__(self, fails_at=None):
        super().__init__()
        self.model, self.seen, self.fails_at = network(), {}, fails_at

    def training_step(self, batch, index):
        loss = nn.functional.mse_loss(self.model(batch[0]), batch[1])
        self.seen.setdefault(self.trainer.global_step, (flat(self.model).numpy(), loss.item()))
        if self.trainer.global_step == self.fails_at:
            raise ZeroDivisionError
        return loss

    def configure_optimizers(self):
        return torch.optim.SGD(self.parameters(), lr=0.1, momentum=0.9)


def fit(module, callback, folder, *, epochs=3, checkpoint=None, **options):
    batches = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(INPUTS, TARGETS), batch_size=3)
    quiet = {"logger": False, "enable_progress_bar": False, "enable_model_summary": False}
    trainer = pl.Trainer(
        max_epochs=epochs, accelerator="cpu", default_root_dir=folder, callbacks=[callback], **quiet, **options
    )
    trainer.fit(module, batches, ckpt_path=checkpoint)
    return trainer


def compare(path, seen, steps):
    with open_recording(path) as recording:
        assert recording.steps.tolist() == steps
        known = [step for step in steps if step in seen]
        weights, losses = recording.trajectories(0)[0], recording.scalars("train_loss")[0, 0]
    np.testing.assert_array_equal(weights[: len(known)], [seen[step][0] for step in known])
    np.testing.assert_allclose(losses[: len(known)], [seen[step][1] for step in known], rtol=1e-6)
    return weights[-1]


@pytest.mark.parametrize(("accumulate", "steps"), [(1, 12), (2, 6)])
def test_every_step_and_the_last_weights(tmp_path, accumulate, steps):
    module = Module()
    callback = RecorderCallback(tmp_path / "run.h5", layers="model.*")
    fit(module, callback, tmp_path, accumulate_grad_batches=accumulate, enable_checkpointing=False)
    last = compare(tmp_path / "run.h5", module.seen, list(range(steps + 1)))
    np.testing.assert_array_equal(last, flat(module.model).numpy())


def test_an_exception_leaves_the_journal_and_a_checkpoint_goes_on(tmp_path):
    path, module = tmp_path / "run.h5", Module(fails_at=10)
    saves = pl.callbacks.ModelCheckpoint(tmp_path, every_n_train_steps=4, save_top_k=-1, filename="{step}")
    with pytest.raises(ZeroDivisionError):
        fit(module, RecorderCallback(path, when=every(2)), tmp_path, enable_checkpointing=False)
    assert recover(path, to=tmp_path / "look.h5").last == 8
    (tmp_path / "look.h5").unlink()
    compared = Module()
    trainer = fit(compared, saves, tmp_path)
    assert trainer.global_step == 12
    again = Module()
    fit(again, RecorderCallback(path, when=every(2), resume=True), tmp_path, checkpoint=tmp_path / "step=4.ckpt")
    assert min(again.seen) == 4
    compare(path, compared.seen, list(range(0, 13, 2)))
