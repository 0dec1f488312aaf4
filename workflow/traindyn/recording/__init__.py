"""The recording format: weight trajectories (seed, replica, step, weight) in checksummed HDF5."""

from traindyn.recording.labels import labels
from traindyn.recording.reader import Recording, StoredTrajectories, open_recording
from traindyn.recording.writer import RecordingWriter

__all__ = ["Recording", "RecordingWriter", "StoredTrajectories", "labels", "open_recording"]
