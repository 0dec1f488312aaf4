"""Which training a recording is of."""

from traindyn.recording.reader import Recording

LABELS = ("experiment", "architecture", "optimizer", "group")


def labels(recording: Recording) -> dict[str, str]:
    """Experiment, architecture, optimizer and group of a recording."""
    return {name: recording.attributes[name] for name in LABELS}
