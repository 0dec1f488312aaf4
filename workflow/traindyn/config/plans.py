"""The plans of an experiment: how it is trained, recorded, fitted and compared."""

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
Measure = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
Count = Annotated[int, Field(ge=1)]
Step = Annotated[int, Field(ge=0)]
Window = Annotated[tuple[Step, Count], Field(strict=False)]
WindowLength = Annotated[int, Field(ge=2)]


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
    device: Literal["auto", "cpu", "cuda"] = Field(
        "auto",
        description="where: `auto`, on a GPU where the profile gives the job one and one is there, else on the CPU; "
        "`cuda`: every job asks for a GPU. Last digits depend on it, the science does not",
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
    components: Count | None = Field(
        None,
        description="project the weights of each seed to so many principal components first, taken over its replicas "
        "and steps; null: all weights (lagged products need no projection)",
    )
    unlagged_from: dict[Label, Label] | None = Field(
        None,
        min_length=1,
        description="group → group whose snapshots Z stand in for its own, while Z' stays its own: a slip of the "
        "authors' grokking script, to show what it does to a spectrum",
    )
    windows: list[Window] | None = Field(
        None, min_length=1, description="ranges of steps [start, stop) fitted one by one; null: the whole recording"
    )
    window_length: WindowLength | dict[Label, WindowLength] | None = Field(
        None,
        description="length in steps of regular windows, instead of `windows`; or group → length, such as the steps "
        "of an epoch of its task",
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
        ["principal_eigenvalues", "wasserstein", "weighted_wasserstein", "cross_residual"],
        min_length=1,
        description="measures in table order, each a file of `compare/measures`; the first one's verdict is the one to "
        "go by, `wasserstein` is the paper's",
    )
    alpha: Annotated[float, Field(gt=0, lt=1)] = Field(0.05, description="level of the tests and of the interval")
    margin: Annotated[float, Field(gt=0)] = Field(
        0.5, description="equivalent: the interval of between/within lies below 1 + margin"
    )
    permutations: Annotated[int, Field(ge=99)] = Field(9999, description="label permutations of the two-sample test")
    bootstraps: Annotated[int, Field(ge=99)] = Field(2000, description="bootstrap samples of the ratio")
    swaps: Annotated[int, Field(ge=99)] = Field(2000, description="samples of the swap test where 2^k is too many")


class Group(Plan):
    """One architecture with one optimizer."""

    architecture: Name = Field(description="a key of `architectures`")
    optimizer: Name = Field(description="a key of `optimizers`")
    task: Component | None = Field(None, description="this group's own data and loss; null: the experiment's")
    steps: Count | None = Field(None, description="this group's own optimizer steps; null: `training.steps`")


class KnownAnswersPlan(Plan):
    """Pairs of systems with a known answer, on which every way of judging is tried."""

    pairs: Count = Field(
        30, description="pairs of each half (looked at while the default was chosen, and not), every second conjugate"
    )
    comparison: ComparisonPlan = Field(
        ComparisonPlan(permutations=999, bootstraps=999),
        description="level, margin and samples of these verdicts; its measures are not used, all are tried",
    )
