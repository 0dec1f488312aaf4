"""What a configuration may say. Every default and every limit stands here and in `plans`, once."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import ConfigDict, Field, StringConstraints, model_validator

from traindyn.config.plans import (
    ComparisonPlan,
    Component,
    Count,
    KnownAnswersPlan,
    KoopmanPlan,
    Label,
    Name,
    Plan,
    RecordingPlan,
    Step,
    TrainingPlan,
)
from traindyn.config.refits import written_out

# Targets and folders of the workflow, which an experiment's name must not hide.
RESERVED = {
    *("all", "figures", "report", "data", "train", "fit", "spectra", "summary", "distances", "verdicts", "figure"),
    *("notebooks", "benchmarks", "paper", "restore_point", "claims", "run", "judgements"),
    *("known_answers", "known_answers_page", "rules_apart"),
}


class Group(Plan):
    """One architecture with one optimizer."""

    architecture: Name = Field(description="a key of `architectures`")
    optimizer: Name = Field(description="a key of `optimizers`")
    task: Component | None = Field(None, description="this group's own data and loss; null: the experiment's")
    steps: Count | None = Field(None, description="this group's own optimizer steps; null: `training.steps`")


def _either_way(schema: dict[str, Any]) -> None:
    """An experiment is written out, or takes everything up to its recordings from another."""
    schema["anyOf"] = [{"required": schema.pop("required")}, {"required": ["recordings_of", "koopman"]}]


class Experiment(Plan):
    """task × architectures × optimizers × seeds, with a recording, a Koopman and a comparison plan."""

    model_config = ConfigDict(json_schema_extra=_either_way)

    title: str = Field("", max_length=200, description="one line for the report")
    figure: Name | None = Field(None, description="notebook that draws it; null: the experiment's own name")
    recordings_of: Name | None = Field(
        None,
        description="another experiment, whose recordings are fitted and compared anew: give `koopman` and, if you "
        "like, `title`, `figure` and `comparison`; nothing else",
    )
    task: Component = Field(description="data and loss")
    architectures: dict[Name, Component] = Field(min_length=1, description="your name for it → architecture")
    optimizers: dict[Name, Component] = Field(min_length=1, description="your name for it → optimizer")
    groups: dict[Label, Group] | None = Field(
        None, min_length=1, description="label → pair that is trained; null: every architecture with every optimizer"
    )
    seeds: Count = Field(description="independent initialisations and data orders of each group")
    first_seed: Step = Field(0, description="number of the first seed")
    replicas: Count = Field(1, description="perturbed copies of a seed's initial weights, the first unperturbed")
    perturbation: Annotated[float, Field(ge=0, lt=1)] = Field(
        0.001, description="replica weights are the seed's times 1 + perturbation·U(−1, 1), weight by weight"
    )
    training: TrainingPlan = Field(description="see training")
    recording: RecordingPlan = Field(RecordingPlan(), description="see recording")
    koopman: KoopmanPlan = Field(description="see koopman")
    comparison: ComparisonPlan = Field(ComparisonPlan(), description="see comparison")

    @model_validator(mode="after")
    def _groups_name_what_exists(self) -> Self:
        taken: dict[tuple[str, str], str] = {}
        for label, group in (self.groups or {}).items():
            for kind, name, known in (
                ("architecture", group.architecture, self.architectures),
                ("optimizer", group.optimizer, self.optimizers),
            ):
                if name not in known:
                    raise ValueError(f"group {label!r} names {kind} {name!r}; known: {', '.join(known)}")
            pair = (group.architecture, group.optimizer)
            if pair in taken:
                raise ValueError(f"groups {taken[pair]!r} and {label!r} are the same pair {'/'.join(pair)}")
            taken[pair] = label
        return self

    @model_validator(mode="after")
    def _recorded_steps_exist(self) -> Self:
        for label in self.group_labels():
            steps, stop = self.training_of(label).steps, self.recording.stop
            if stop is not None and stop > steps:
                raise ValueError(f"recording.stop {stop} lies after the last training step {steps} of group {label!r}")
            last = steps if stop is None else stop
            if self.recording.start > last:
                raise ValueError(
                    f"recording.start {self.recording.start} lies after the last recorded step {last} "
                    f"of group {label!r}"
                )
        return self

    @model_validator(mode="after")
    def _windows_are_recorded(self) -> Self:
        for label in self.group_labels():
            steps = self.recorded_steps(label)
            for start, stop in self.koopman.windows or []:
                if start < steps.start or stop > steps[-1] + 1:
                    raise ValueError(
                        f"koopman.windows [{start}, {stop}) leaves the recorded steps {steps.start} to {steps[-1]} "
                        f"of group {label!r}"
                    )
            length, recorded = self.koopman_of(label).window_length, steps[-1] + 1 - steps.start
            if isinstance(length, int) and length > recorded:
                raise ValueError(
                    f"koopman.window_length {length} exceeds the recorded {recorded} steps of group {label!r}"
                )
        if self.koopman.parts > self.replicas:
            raise ValueError(f"koopman.parts {self.koopman.parts} exceeds the replicas {self.replicas}")
        return self

    @model_validator(mode="after")
    def _plans_name_groups_that_exist(self) -> Self:
        known, lengths = self.group_labels(), self.koopman.window_length
        named = {"unlagged_from": [*(self.koopman.unlagged_from or {}), *(self.koopman.unlagged_from or {}).values()]}
        if isinstance(lengths, dict):
            named["window_length"] = list(lengths)
            missing = [label for label in known if label not in lengths]
            if missing:
                raise ValueError(f"koopman.window_length has no length for group {missing[0]!r}")
        for key, labels in named.items():
            for label in labels:
                if label not in known:
                    raise ValueError(f"koopman.{key} names group {label!r}; known: {', '.join(known)}")
        for label, other in (self.koopman.unlagged_from or {}).items():
            if label == other:
                raise ValueError(f"koopman.unlagged_from: group {label!r} has its own snapshots anyhow; name another")
            if self.recorded_steps(label) != self.recorded_steps(other):
                raise ValueError(f"koopman.unlagged_from: groups {label!r} and {other!r} record different steps")
        return self

    def task_of(self, label: str) -> Component:
        """A group's task."""
        return self.group_labels()[label].task or self.task

    def training_of(self, label: str) -> TrainingPlan:
        """A group's training plan."""
        steps = self.group_labels()[label].steps
        return self.training if steps is None else self.training.model_copy(update={"steps": steps})

    def koopman_of(self, label: str) -> KoopmanPlan:
        """A group's Koopman plan, in which the length of windows is a number."""
        length = self.koopman.window_length
        if not isinstance(length, dict):
            return self.koopman
        return self.koopman.model_copy(update={"window_length": length.get(label)})

    def recorded_steps(self, label: str) -> range:
        """A group's recorded step numbers."""
        stop = self.recording.stop
        last = self.training_of(label).steps if stop is None else stop
        return range(self.recording.start, last + 1, self.recording.every)

    def label_of(self, architecture: str, optimizer: str) -> str:
        """The label of the group with these keys."""
        pair = (architecture, optimizer)
        return next(label for label, g in self.group_labels().items() if (g.architecture, g.optimizer) == pair)

    def group_labels(self) -> dict[str, Group]:
        """Label → group; without `groups`, every pair, labelled `architecture/optimizer`."""
        if self.groups is not None:
            return dict(self.groups)
        return {
            f"{architecture}/{optimizer}": Group(architecture=architecture, optimizer=optimizer)
            for architecture in self.architectures
            for optimizer in self.optimizers
        }

    def chunks(self) -> dict[str, list[int]]:
        """Chunk name → its seeds."""
        seeds = list(range(self.first_seed, self.first_seed + self.seeds))
        size = self.training.chunk_size
        pieces = [seeds[i : i + size] for i in range(0, len(seeds), size)]
        return {f"{piece[0]:04d}-{piece[-1]:04d}": piece for piece in pieces}


class TrainingJob(Plan):
    """All that one training job needs to know: one group, one chunk of seeds."""

    experiment: Name
    group: Label
    architecture: Name
    optimizer: Name
    root_seed: Step
    seeds: list[Step]
    replicas: Count
    perturbation: float
    task: Component
    network: Component
    optimization: Component
    training: TrainingPlan
    recording: RecordingPlan


class Config(Plan):
    """The whole configuration: science only; threads, memory and partitions are the profiles'."""

    seed: Step = Field(0, description="root of every random stream")
    data_dir: str = Field("data", min_length=1, description="folder with (or for) downloaded data sets")
    tables: Literal["computed", "kept"] = Field(
        "computed",
        description="kept: the tables of all experiments lie in `results/` as a restore point, and are only drawn",
    )
    claims: Annotated[str, StringConstraints(min_length=1)] | None = Field(
        None,
        description="file of claims that the results are held against: a path from the working directory, or from the "
        "repository; null: no table of claims",
    )
    known_answers: KnownAnswersPlan | None = Field(
        None, description="see known_answers; null: no page of pairs with a known answer"
    )
    experiments: dict[Name, Experiment] = Field(min_length=1, description="name → experiment")

    @model_validator(mode="before")
    @classmethod
    def _refits_are_written_out(cls, raw: Any) -> Any:
        if not isinstance(raw, dict) or not isinstance(raw.get("experiments"), dict):
            return raw
        return {**raw, "experiments": written_out(raw["experiments"])}

    @model_validator(mode="after")
    def _names_are_free(self) -> Self:
        for name in RESERVED & set(self.experiments):
            raise ValueError(f"experiments.{name}: the name is the workflow's own; choose another")
        return self

    def training_job(self, experiment: str, architecture: str, optimizer: str, chunk: str) -> TrainingJob:
        """The job that trains one chunk of one group."""
        plan = self.experiments[experiment]
        label = plan.label_of(architecture, optimizer)
        return TrainingJob(
            experiment=experiment,
            group=label,
            architecture=architecture,
            optimizer=optimizer,
            root_seed=self.seed,
            seeds=plan.chunks()[chunk],
            replicas=plan.replicas,
            perturbation=plan.perturbation,
            task=plan.task_of(label),
            network=plan.architectures[architecture],
            optimization=plan.optimizers[optimizer],
            training=plan.training_of(label),
            recording=plan.recording,
        )
