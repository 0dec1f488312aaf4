"""Which steps are recorded, and which are tested."""

from traindyn.config import TrainingJob


def recorded_steps(job: TrainingJob) -> list[int]:
    """Step numbers of the recording."""
    plan = job.recording
    stop = job.training.steps if plan.stop is None else plan.stop
    return list(range(plan.start, stop + 1, plan.every))


def test_steps(job: TrainingJob) -> list[int]:
    """Steps at which the test data are evaluated: every `test_every`, and the last."""
    if job.training.test_every is None:
        return []
    return sorted({*range(0, job.training.steps + 1, job.training.test_every), job.training.steps})
