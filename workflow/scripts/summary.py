"""Rule summary: learning curves, example trajectories and divergences of an experiment."""

from traindyn.jobs import job
from traindyn.recording import open_recording
from traindyn.recording.tables import concatenated, diverged, example_trajectories, learning_curves
from traindyn.tables import write_table

with job(snakemake) as logger:
    curves, divergences, examples = [], [], {}
    for path in snakemake.input.recordings:
        with open_recording(path) as recording:
            curves.append(learning_curves(recording))
            divergences.append(diverged(recording))
            # One seed of every group is enough for a picture.
            group = recording.attributes["group"]
            if not len(examples.get(group, [])):
                examples[group] = example_trajectories(recording)
    write_table(concatenated(curves), snakemake.output.curves)
    write_table(concatenated(examples.values()), snakemake.output.trajectories)
    write_table(concatenated(divergences).assign(experiment=snakemake.wildcards.experiment), snakemake.output.diverged)
