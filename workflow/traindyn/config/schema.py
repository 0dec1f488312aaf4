"""What a configuration may say. Every default and every limit stands here, once."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

# Names become parts of paths and of wildcards: no dots, slashes or shell characters can get in.
Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$")]
# Labels are only shown and written into tables.
Label = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9 _.+=/()-]{0,63}$")]
ComponentName = Annotated[
    str, StringConstraints(pattern=r"^([a-z][a-z0-9_]*|[A-Za-z_][\w.]*:[A-Za-z_]\w*)$", max_length=200)
]
# Targets and folders of the workflow, which an experiment's name must not hide.
RESERVED = {
    *("all", "figures", "report", "data", "train", "fit", "spectra", "summary", "distances", "verdicts", "figure"),
    *("notebooks", "benchmarks", "paper"),
    *("claims", "run"),
}
Measure = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
Count = Annotated[int, Field(ge=1)]
Step = Annotated[int, Field(ge=0)]
Window = Annotated[tuple[Step, Count], Field(strict=False)]


class Plan(BaseModel):
    """Strict: unknown keys and values of another type are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Component(BaseModel):
    """A task, an architecture or an optimizer: its name and its own options (checked by its own class)."""

    model_config = ConfigDict(extra="allow", frozen=True, strict=True)

    name: ComponentName = Field(
        description="a file of the room (`mlp`), or an import path to a class of yours (`package.module:Class`)"
    )

    def options(self) -> dict[str, object]:
        """The options without the name."""
        return dict(self.model_extra or {})


class Group(Plan):
    """One architecture with one optimizer."""

    architecture: Name = Field(description="a key of `architectures`")
    optimizer: Name = Field(description="a key of `optimizers`")


class TrainingPlan(Plan):
    """How long, in what precision, in what pieces an ensemble is trained."""

    steps: Count = Field(description="optimizer steps of every training")
    dtype: Literal["float32", "float64"] = Field("float32", description="precision of weights and arithmetic")
    test_every: Count | None = Field(
        None, description="steps between evaluations on the test data (also at the last step); null: never"
    )
    chunk_size: Count = Field(
        4, description="seeds trained by one job: costs and last digits depend on it, the science does not"
    )


class Projection(Plan):
    """Recorded in place of the weights: their Gaussian random projections, the same for all seeds and replicas."""

    dimension: Count = Field(
        description="number m of projections, each a sum over all chosen weights with independent N(0, 1/m) factors"
    )


class RecordingPlan(Plan):
    """What is recorded, and when. Step s holds the weights after s optimizer steps."""

    layers: list[str] = Field(
        ["*"], min_length=1, description="patterns (`*`, `?`) of parameter names, as in `output.weight`"
    )
    start: Step = Field(0, description="first recorded step (0: the initial weights)")
    stop: Count | None = Field(None, description="last recorded step; null: the last training step")
    every: Count = Field(1, description="steps between records")
    dtype: Literal["float32", "float64"] = Field("float32", description="precision of the recorded weights")
    projection: Projection | None = Field(None, description="see projection; null: record the weights themselves")


class KoopmanPlan(Plan):
    """How a spectrum is fitted to the recorded trajectories (delay-embedded dynamic mode decomposition)."""

    delays: Annotated[int, Field(ge=0)] | None = Field(
        None, description="number of delays d; give this or `delays_times_weights`"
    )
    delays_times_weights: Count | None = Field(
        None,
        description="delays scaled to the network: d = this // recorded weights "
        "(the paper's int(32·10/h) for h·10 weights is 3200)",
    )
    modes: Count | None = Field(10, description="modes kept; null: all of numerical rank")
    centre: bool = Field(False, description="subtract the mean over replicas and steps before fitting")
    windows: list[Window] | None = Field(
        None, min_length=1, description="ranges of steps [start, stop) fitted one by one; null: the whole recording"
    )
    window_length: Annotated[int, Field(ge=2)] | None = Field(
        None, description="length in steps of regular windows, instead of `windows`"
    )
    window_stride: Count | None = Field(
        None, description="steps between the starts of regular windows; null: their length"
    )
    parts: Count = Field(
        1,
        description="with a single seed: disjoint parts of its replicas, each fitted alone, that stand in for seeds "
        "in the tests; 1: none",
    )

    @model_validator(mode="after")
    def _one_way_to_say_it(self) -> Self:
        if (self.delays is None) == (self.delays_times_weights is None):
            raise ValueError("give exactly one of delays and delays_times_weights")
        if self.windows is not None and self.window_length is not None:
            raise ValueError("give windows or window_length, not both")
        if self.window_stride is not None and self.window_length is None:
            raise ValueError("window_stride needs window_length")
        for start, stop in self.windows or []:
            if stop <= start:
                raise ValueError(f"window [{start}, {stop}) is empty: its stop must be above its start")
        return self


class ComparisonPlan(Plan):
    """Which distances between spectra are taken, and what makes a verdict."""

    measures: list[Measure] = Field(
        ["wasserstein", "weighted_wasserstein", "cross_residual"],
        min_length=1,
        description="measures in table order, each a file of `compare/measures`",
    )
    alpha: Annotated[float, Field(gt=0, lt=1)] = Field(0.05, description="level of the tests and of the interval")
    margin: Annotated[float, Field(gt=0)] = Field(
        0.5, description="equivalent: the interval of between/within lies below 1 + margin"
    )
    permutations: Annotated[int, Field(ge=99)] = Field(9999, description="label permutations of the two-sample test")
    bootstraps: Annotated[int, Field(ge=99)] = Field(2000, description="bootstrap samples of the ratio")
    swaps: Annotated[int, Field(ge=99)] = Field(2000, description="samples of the swap test where 2^k is too many")


class Experiment(Plan):
    """task × architectures × optimizers × seeds, with a recording, a Koopman and a comparison plan."""

    title: str = Field("", max_length=200, description="one line for the report")
    figure: Name | None = Field(None, description="notebook that draws it; null: the experiment's own name")
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
        stop = self.recording.stop
        if stop is not None and stop > self.training.steps:
            raise ValueError(f"recording.stop {stop} lies after the last training step {self.training.steps}")
        last = self.training.steps if stop is None else stop
        if self.recording.start > last:
            raise ValueError(f"recording.start {self.recording.start} lies after the last recorded step {last}")
        return self

    @model_validator(mode="after")
    def _windows_are_recorded(self) -> Self:
        steps = self.recorded_steps()
        for start, stop in self.koopman.windows or []:
            if start < steps.start or stop > steps[-1] + 1:
                raise ValueError(
                    f"koopman.windows [{start}, {stop}) leaves the recorded steps {steps.start} to {steps[-1]}"
                )
        length = self.koopman.window_length
        if length is not None and length > steps[-1] + 1 - steps.start:
            raise ValueError(f"koopman.window_length {length} exceeds the recorded {steps[-1] + 1 - steps.start} steps")
        if self.koopman.parts > self.replicas:
            raise ValueError(f"koopman.parts {self.koopman.parts} exceeds the replicas {self.replicas}")
        return self

    def recorded_steps(self) -> range:
        """The recorded step numbers."""
        stop = self.recording.stop
        last = self.training.steps if stop is None else stop
        return range(self.recording.start, last + 1, self.recording.every)

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
    claims: Annotated[str, StringConstraints(min_length=1)] | None = Field(
        None,
        description="file of claims that the results are held against: a path from the working directory, or from the "
        "repository; null: no table of claims",
    )
    experiments: dict[Name, Experiment] = Field(min_length=1, description="name → experiment")

    @model_validator(mode="after")
    def _names_are_free(self) -> Self:
        for name in RESERVED & set(self.experiments):
            raise ValueError(f"experiments.{name}: the name is the workflow's own; choose another")
        return self

    def training_job(self, experiment: str, architecture: str, optimizer: str, chunk: str) -> TrainingJob:
        """The job that trains one chunk of one group."""
        plan = self.experiments[experiment]
        pair = Group(architecture=architecture, optimizer=optimizer)
        label = next(label for label, group in plan.group_labels().items() if group == pair)
        return TrainingJob(
            experiment=experiment,
            group=label,
            architecture=architecture,
            optimizer=optimizer,
            root_seed=self.seed,
            seeds=plan.chunks()[chunk],
            replicas=plan.replicas,
            perturbation=plan.perturbation,
            task=plan.task,
            network=plan.architectures[architecture],
            optimization=plan.optimizers[optimizer],
            training=plan.training,
            recording=plan.recording,
        )
