"""The recorder in a user's loop: what comes out is what the loop held, whatever is asked of it."""

import json
import subprocess
import sys

import numpy as np
import pytest
import torch
from own_loops import INPUTS, flat, loop, network
from torch import nn

from traindyn import Recorder, at, every, recover, within
from traindyn.errors import InputError
from traindyn.recorder import copies
from traindyn.recording import open_recording
from traindyn.recording.layout import unfinished
from traindyn.recording.projection import projector
from traindyn.recording.tables import diverged, learning_curves


@pytest.fixture
def path(tmp_path):
    return tmp_path / "run.h5"


def recorded(path, seed=0):
    with open_recording(path) as recording:
        return recording.trajectories(seed)[0], recording.scalars("train_loss")[0, 0], recording.steps.tolist()


def test_all_weights_at_every_step(path):
    model = network()
    with Recorder(path, model, seed=3, label="mine", configuration={"lr": 0.1}) as recorder:
        weights, losses = loop(model, 7, recorder)
        recorder.step()
    found, found_losses, steps = recorded(path, seed=3)
    np.testing.assert_array_equal(found, [*weights, flat(model).numpy()])
    np.testing.assert_array_equal(found_losses, [*losses, np.nan])
    assert steps == list(range(8))
    assert [file.name for file in path.parent.iterdir()] == ["run.h5"]
    with open_recording(path) as recording:
        assert recording.layers == {"0.weight": 12, "0.bias": 4, "2.weight": 12, "2.bias": 3}
        assert json.loads(recording.attributes["configuration"]) == {"lr": 0.1}
        assert (recording.attributes["group"], recording.attributes["architecture"]) == ("mine", "Sequential")
        assert set(learning_curves(recording).group) == {"mine"}


@pytest.mark.parametrize("layers", ["2.*", ["2.bias", "2.w*"]])
def test_some_layers_at_some_steps_in_double_precision(path, layers):
    model = network().double()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("own_loops.INPUTS", INPUTS.double())
        with Recorder(path, model, layers=layers, when=every(3) & within(3, 10), dtype="float64") as recorder:
            weights, losses = loop(model, 12, recorder)
    found, found_losses, steps = recorded(path)
    assert steps == [3, 6, 9]
    assert found.dtype == np.float64
    np.testing.assert_array_equal(found, weights[3:10:3, 16:])
    np.testing.assert_array_equal(found_losses, losses[3:10:3])


def test_a_projection_is_that_of_the_recorded_weights(path):
    model = network()
    with Recorder(path, model, layers="0.*", projection=5, projection_seed=8) as recorder:
        weights, _ = loop(model, 4, recorder)
    found, _, _ = recorded(path)
    np.testing.assert_array_equal(found, projector(16, 5, 8)(weights[:, :16]).astype(np.float32))
    with open_recording(path) as recording:
        assert recording.layers == {"projection": 5}


def test_scalars_of_every_kind(path):
    model = network()
    with Recorder(path, model, when=every(2)) as recorder:
        loop(
            model, 6, recorder,
            accuracy=lambda step: torch.tensor([[step / 8]], dtype=torch.bfloat16),
            rate=lambda step: np.float32(0.5),
            count=lambda step: step if step else None,
            test_loss=lambda step: 2 * step if step == 4 else None,
        )  # fmt: skip
    with open_recording(path) as recording:
        assert recording.attributes["scalars"] == "accuracy rate count"
        np.testing.assert_array_equal(recording.scalars("accuracy"), [[[0, 0.25, 0.5]]])
        np.testing.assert_array_equal(recording.scalars("rate"), [[[0.5, 0.5, 0.5]]])
        np.testing.assert_array_equal(recording.scalars("count"), [[[np.nan, 2, 4]]])
        assert recording.test_steps.tolist() == [4]
        assert learning_curves(recording).set_index("step").test_loss[4] == 8


def test_half_precision_is_recorded_exactly(path):
    model = network().to(torch.bfloat16)
    with Recorder(path, model) as recorder:
        recorder.step()
    np.testing.assert_array_equal(recorded(path)[0][0], flat(model).float().numpy())


def test_a_compiled_network_keeps_its_names(path):
    model = network()
    model[0] = torch.compile(model[0], backend="eager")
    compiled = torch.compile(model, backend="eager")
    with Recorder(path, compiled, layers=["0.weight", "2.*"]) as recorder:
        weights, _ = loop(compiled, 3, recorder)
    with open_recording(path) as recording:
        assert list(recording.layers) == ["0.weight", "2.weight", "2.bias"]
    np.testing.assert_array_equal(recorded(path)[0], np.delete(weights, range(12, 16), axis=1))


def test_data_parallel_names_are_the_networks(path):
    model = nn.DataParallel(nn.ModuleDict({"module": network()}))
    with Recorder(path, model, layers="module.2.*") as recorder:
        recorder.step()
    with open_recording(path) as recording:
        assert list(recording.layers) == ["module.2.weight", "module.2.bias"]


@pytest.mark.parametrize("when", [every(1), every(4)])
def test_divergence_is_noted_with_its_step(path, when):
    """At a learning rate of 1e20 weights overflow; the first loss that is not finite says when."""
    model = network()
    with Recorder(path, model, when=when) as recorder:
        weights, losses = loop(model, 9, recorder, lr=1e20)
    bad = ~np.isfinite(losses)
    assert 0 < np.argmax(bad) < 8
    with open_recording(path) as recording:
        assert diverged(recording).step.tolist() == [np.argmax(bad)]
    np.testing.assert_array_equal(recorded(path)[0], weights[:: when.n])


def test_weights_beyond_the_recordings_precision_are_a_divergence(path):
    model = network().double()
    with Recorder(path, model) as recorder:
        recorder.step()
        model[0].bias.data[0] = 1e300
        recorder.step()
    with open_recording(path) as recording:
        assert recording.diverged_step.tolist() == [[1]]


def interrupted(path, steps, **options):
    """A run that ends with an error after so many steps; its model and the error."""
    model = network()
    with pytest.raises(ZeroDivisionError) as error, Recorder(path, model, **options) as recorder:
        loop(model, steps, recorder)
        raise ZeroDivisionError("of the user")
    return model, error.value


def test_an_exception_leaves_what_can_be_recovered(path):
    _, error = interrupted(path, 5)
    assert "holds steps 0 to 4: traindyn.recover makes a recording of it" in error.__notes__[0]
    with pytest.raises(InputError, match="unfinished"), open_recording(path):
        pass
    assert recover(path).steps == 5
    np.testing.assert_array_equal(recorded(path)[0], loop(network(), 5)[0])


def test_an_exception_before_the_first_record_leaves_nothing(path):
    interrupted(path, 0)
    assert list(path.parent.iterdir()) == []


@pytest.mark.parametrize("finished", [False, True])
@pytest.mark.parametrize("checkpoint", [2, 4, 7])
def test_resumed_at_a_checkpoint_it_is_the_uninterrupted_recording(path, finished, checkpoint):
    whole = path.with_name("whole.h5")
    for target in (whole, path):
        model = network()
        state = None
        with Recorder(target, model, when=every(2)) as recorder:
            loop(model, checkpoint, recorder)
            state = {name: value.clone() for name, value in model.state_dict().items()}
            loop(model, 11, recorder, start=checkpoint)
            if target == path and not finished:
                recorder.leave()
    # The same run, gone on with from the checkpoint, with other scalars.
    model.load_state_dict(state)
    with Recorder(path, model, when=every(2), resume=True) as recorder:
        loop(model, 11, recorder, start=checkpoint, other=lambda step: 1.0)
    for one, other in zip(recorded(whole), recorded(path), strict=True):
        np.testing.assert_array_equal(one, other)
    with open_recording(path) as recording:
        expected = [np.nan if step < checkpoint else 1 for step in range(0, 11, 2)]
        np.testing.assert_array_equal(recording.scalars("other")[0, 0], expected)


def test_resume_without_anything_there_begins(path):
    model = network()
    with Recorder(path, model, resume=True) as recorder:
        loop(model, 3, recorder)
    assert recorded(path)[2] == [0, 1, 2]


def test_resume_needs_the_number_of_the_step(path):
    model, _ = interrupted(path, 5)
    with Recorder(path, model, resume=True) as recorder:
        with pytest.raises(InputError, match=r"holds steps 0 to 4: the first recorder.step after resume needs"):
            recorder.step()
        recorder.step(9)
        recorder.step()
    assert recorded(path)[2] == [0, 1, 2, 3, 4, 9, 10]


@pytest.mark.parametrize("finished", [False, True])
@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"when": every(2)}, r"begun with when = every\(1\), not every\(2\)"),
        ({"layers": "0.*"}, r"begun with layers = \*, not 0.\*"),
        ({"projection": 4}, "begun with projection = none, not 4 with seed 0"),
        ({"dtype": "float64"}, "begun with dtype = float32, not float64"),
        ({"seed": 1}, "begun with seed = 0, not 1"),
    ],
)
def test_resume_with_another_plan_is_refused_and_changes_nothing(path, finished, change, message):
    model, _ = interrupted(path, 5)
    if finished:
        recover(path)
    before = {file: file.read_bytes() for file in path.parent.iterdir()}
    with pytest.raises(InputError, match=message):
        Recorder(path, model, resume=True, **change)
    assert {file: file.read_bytes() for file in path.parent.iterdir()} == before


def test_resume_with_another_network_is_refused(path):
    interrupted(path, 5)
    with pytest.raises(InputError, match=r"begun with 0\.weight = 12, not 15"):
        Recorder(path, nn.Sequential(nn.Linear(3, 5)), resume=True)


def test_nothing_is_overwritten(path):
    model, _ = interrupted(path, 2)
    with pytest.raises(InputError, match=r"run.h5.unfinished is there already"):
        Recorder(path, model)
    recover(path)
    with pytest.raises(InputError, match=r"run.h5: is there already; resume=True goes on with it"):
        Recorder(path, model)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"layers": "output.*"}, "layers: 'output.*' matches no parameter; there are: 0.weight, 0.bias, 2.weight"),
        ({"projection": 32}, "projection = 32: from 1 to 31"),
        ({"projection": 0}, "projection = 0: from 1 to 31"),
        ({"dtype": "float16"}, "dtype = 'float16': must be float32 or float64"),
        ({"label": "größer"}, "label = 'größer': must be printable ASCII"),
        ({"configuration": {"model": network()}}, "configuration: cannot be kept as JSON"),
    ],
)
def test_options_that_cannot_be(path, options, message):
    with pytest.raises(InputError, match=message) as error:
        Recorder(path, network(), **options)
    assert "\n" not in str(error.value)
    assert list(path.parent.iterdir()) == []


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (nn.Sequential(nn.LazyLinear(3)), "'0.weight' has no shape yet: let the network see a batch first"),
        (nn.Linear(2, 2, dtype=torch.complex64), "'weight' is torch.complex64, not real"),
        (nn.ModuleDict({"a b": nn.Linear(2, 2)}), "'a b.weight' has a name with spaces"),
    ],
)
def test_networks_that_cannot_be_recorded(path, model, message):
    with pytest.raises(InputError, match=message):
        Recorder(path, model)


@pytest.mark.parametrize(
    ("scalars", "message"),
    [
        ({"loss": torch.zeros(3)}, r"train_loss must be one number, not a Tensor of shape \(3,\)"),
        ({"accuracy": "high"}, "accuracy must be one number, not a str"),
        ({"weights": 1.0}, "'weights' cannot be a scalar's name"),
        ({"a b": 1.0}, "'a b' cannot be a scalar's name"),
    ],
)
def test_scalars_that_are_none(path, scalars, message):
    with Recorder(path, network()) as recorder:
        recorder.step(loss=1.0)
        with pytest.raises(InputError, match=message):
            recorder.step(**scalars)


def test_steps_must_grow(path):
    with Recorder(path, network()) as recorder:
        recorder.step(3)
        recorder.step()
        for number in (4, -1):
            with pytest.raises(InputError, match=rf"recorder.step\({number}\): must be above 4"):
                recorder.step(number)
    with pytest.raises(RuntimeError, match="the recorder is closed"):
        recorder.step()


def test_a_parameter_that_changes_its_size_is_named(path):
    model = network()
    with Recorder(path, model) as recorder:
        recorder.step()
        model[2] = nn.Linear(4, 5)
        with pytest.raises(InputError, match=r"at step 1 parameter '2.weight' has 20 weights, 12 when recording began"):
            recorder.step()


def test_a_recording_of_nothing_is_refused(path):
    model = network()
    recorder = Recorder(path, model, when=at([50]))
    loop(model, 5, recorder)
    with pytest.raises(InputError, match=r"no step was recorded; there were none of when = at\(\[50\]\)"):
        recorder.close()
    assert list(path.parent.iterdir()) == []


class Arrives:
    """Stands for the event of a copy that an accelerator makes later."""

    waited = 0

    def query(self):
        return False

    def synchronize(self):
        Arrives.waited += 1


def test_copies_that_arrive_later_are_of_the_weights_at_their_step(path, monkeypatch):
    """As from CUDA: a record is written when the next one is due, and none is lost in the end."""
    really = copies.on_host
    monkeypatch.setattr(
        "traindyn.recorder.content.on_host", lambda tensors: copies.Copies(really(tensors).tensors, [Arrives()])
    )
    model = network()
    with Recorder(path, model, when=every(2)) as recorder:
        weights, losses = loop(model, 4, recorder)
        assert len(recorder._journal.steps) == 1
        more, more_losses = loop(model, 7, recorder, start=4)
        assert len(recorder._journal.steps) == 3
    assert Arrives.waited > 0
    found, found_losses, steps = recorded(path)
    np.testing.assert_array_equal(found, np.concatenate([weights, more])[::2])
    np.testing.assert_array_equal(found_losses, np.concatenate([losses, more_losses])[::2])
    assert steps == [0, 2, 4, 6]


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
def test_on_cuda(path):
    model = network().cuda()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("own_loops.INPUTS", INPUTS.cuda())
        patch.setattr("own_loops.TARGETS", INPUTS.cuda())
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        kept = []
        with Recorder(path, model) as recorder:
            for _ in range(50):
                loss = model(INPUTS.cuda()).square().mean()
                kept.append((flat(model).cpu().numpy(), loss.item()))
                recorder.step(loss=loss)
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
    found, losses, _ = recorded(path)
    np.testing.assert_array_equal(found, [weights for weights, _ in kept])
    np.testing.assert_array_equal(losses, [loss for _, loss in kept])


def test_the_package_stays_light():
    code = "import sys, traindyn; sys.exit(any(name in sys.modules for name in ('torch', 'numpy', 'h5py')))"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_everything_public_is_there():
    import traindyn

    for name in traindyn.__all__:
        assert callable(getattr(traindyn, name))
        assert name in dir(traindyn)
    with pytest.raises(AttributeError, match="no attribute 'Recoder'"):
        _ = traindyn.Recoder


def test_the_journal_is_beside_the_recording(path):
    model = network()
    with Recorder(path, model) as recorder:
        recorder.step()
        assert unfinished(path).is_file()
