"""What a configuration may say. Every default and every limit stands here and in `plans`, once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from types import MappingProxyType
from typing import Annotated, Any, Literal, Self

from pydantic import ConfigDict, Discriminator, Field, StringConstraints, Tag, model_validator

from traindyn.config.analysis import Analysis
from traindyn.config.brought import Brought
from traindyn.config.companions import COMPANIONS, CompanionPlan
from traindyn.config.criticality import CriticalityPlan
from traindyn.config.interactions import InteractionsPlan
from traindyn.config.plans import (
    Component,
    Count,
    Group,
    KnownAnswersPlan,
    Label,
    Name,
    Plan,
    RecordingPlan,
    Step,
    TrainingPlan,
)
from traindyn.config.refits import written_out
from traindyn.config.sides import SidesPlan
from traindyn.config.stability import StabilityPlan

# Targets and folders of the workflow, which an experiment's name must not hide.
RESERVED = {
    *("all", "figures", "report", "data", "train", "fit", "spectra", "summary", "distances", "verdicts", "figure"),
    *("notebooks", "benchmarks", "paper", "restore_point", "claims", "run", "judgements"),
    *("known_answers", "known_answers_page", "rules_apart", "sensitivity", "sweep", "sensitivity_figure"),
    *COMPANIONS,
    *("exponents", "stability_tables", "companion_figure"),
    *("fluctuations", "criticality_tables"),
    *("extraction", "interactions_tables"),
}


def _either_way(schema: dict[str, Any]) -> None:
    """An experiment is written out, or takes everything up to its recordings from another."""
    schema["anyOf"] = [{"required": schema.pop("required")}, {"required": ["recordings_of", "koopman"]}]


class Experiment(Analysis):
    """task × architectures × optimizers × seeds, with a recording, a Koopman and a comparison plan."""

    model_config = ConfigDict(json_schema_extra=_either_way)

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
    interactions: InteractionsPlan | None = Field(
        None, description="companion system, see interactions; null: not studied"
    )
    stability: StabilityPlan | None = Field(None, description="companion system, see stability; null: not studied")
    sides: SidesPlan | None = Field(None, description="the companion systems in one figure, see sides; null: not drawn")
    criticality: CriticalityPlan | None = Field(
        None, description="companion system, see criticality; null: not studied"
    )

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
            tried = self.sensitivity.windows if self.sensitivity else None
            for key, start, stop in (
                *(("koopman", *window) for window in self.koopman.windows or []),
                *(("sensitivity", *window) for window in tried or []),
            ):
                if start < steps.start or stop > steps[-1] + 1:
                    raise ValueError(
                        f"{key}.windows [{start}, {stop}) leaves the recorded steps {steps.start} to {steps[-1]} "
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
    def _unlagged_groups_match(self) -> Self:
        known = self.group_labels()
        for label, other in (self.koopman.unlagged_from or {}).items():
            for named in (label, other):
                if named not in known:
                    raise ValueError(f"koopman.unlagged_from names group {named!r}; known: {', '.join(known)}")
            if label == other:
                raise ValueError(f"koopman.unlagged_from: group {label!r} has its own snapshots anyhow; name another")
            if self.recorded_steps(label) != self.recorded_steps(other):
                raise ValueError(f"koopman.unlagged_from: groups {label!r} and {other!r} record different steps")
        return self

    @model_validator(mode="after")
    def _companions_name_what_exists(self) -> Self:
        for system, plan in self.companions().items():
            for label in plan.groups or []:
                if label not in self.group_labels():
                    raise ValueError(f"{system}.groups names {label!r}; known: {', '.join(self.group_labels())}")
            if plan.seeds is not None and plan.seeds > self.seeds:
                raise ValueError(f"{system}.seeds {plan.seeds} exceeds the seeds {self.seeds}")
        return self

    def companions(self) -> Mapping[str, CompanionPlan]:
        """Companion system → its plan, for those that study this experiment."""
        plans = {system: getattr(self, system) for system in COMPANIONS}
        return {system: plan for system, plan in plans.items() if plan is not None}

    def task_of(self, label: str) -> Component:
        """A group's task."""
        return self.group_labels()[label].task or self.task

    def training_of(self, label: str) -> TrainingPlan:
        """A group's training plan."""
        steps = self.group_labels()[label].steps
        return self.training if steps is None else self.training.model_copy(update={"steps": steps})

    def recorded_steps(self, label: str) -> range:
        """A group's recorded step numbers."""
        stop = self.recording.stop
        last = self.training_of(label).steps if stop is None else stop
        return range(self.recording.start, last + 1, self.recording.every)

    def group_labels(self) -> Mapping[str, Group]:
        """Label → group; without `groups`, every pair, labelled `architecture/optimizer`."""
        return self._groups

    def chunks(self) -> Mapping[str, list[int]]:
        """Chunk name → its seeds."""
        return self._chunks

    # Asked for several times for each of thousands of jobs, hence made once.
    @cached_property
    def _groups(self) -> Mapping[str, Group]:
        if self.groups is not None:
            return MappingProxyType(self.groups)
        return MappingProxyType(
            {
                f"{architecture}/{optimizer}": Group(architecture=architecture, optimizer=optimizer)
                for architecture in self.architectures
                for optimizer in self.optimizers
            }
        )

    @cached_property
    def _chunks(self) -> Mapping[str, list[int]]:
        seeds = list(range(self.first_seed, self.first_seed + self.seeds))
        size = self.training.chunk_size
        pieces = [seeds[i : i + size] for i in range(0, len(seeds), size)]
        return MappingProxyType({f"{piece[0]:04d}-{piece[-1]:04d}": piece for piece in pieces})

    def pieces(self) -> list[str]:
        """Its trainings, as architecture/optimizer/chunk."""
        return [
            f"{group.architecture}/{group.optimizer}/{chunk}"
            for group in self.group_labels().values()
            for chunk in self.chunks()
        ]

    @property
    def most_seeds(self) -> int:
        """Seeds of each group."""
        return self.seeds


AnyExperiment = Annotated[
    Annotated[Experiment, Tag("[trained]")] | Annotated[Brought, Tag("[brought]")],
    Discriminator(lambda raw: "[brought]" if _names_recordings(raw) else "[trained]"),
]


def _further(plan: Analysis) -> Iterator[str]:
    for system in plan.companions():
        yield from (f"{system}/{file}" for file in COMPANIONS[system].tables.values())
        if not plan.compared:
            yield from COMPANIONS[system].read.values()
    if plan.sensitivity is not None:
        yield "sensitivity.csv"


def _names_recordings(raw: Any) -> bool:
    return isinstance(raw, Brought) or (isinstance(raw, dict) and "recordings" in raw)


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
    environment: Literal["cpu", "gpu"] = Field(
        "cpu",
        description="with `--sdm conda`: the file of `envs/` that trainings run in. Says something about the machine, "
        "so `--config environment=gpu`, or `config: [environment=gpu]` in a profile, is the place for it",
    )
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
    experiments: dict[Name, AnyExperiment] = Field(min_length=1, description="name → experiment")

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
        for name, plan in self.experiments.items():
            for other in (*plan.companions(), *(["sensitivity"] if plan.sensitivity else [])):
                if f"{name}_{other}" in self.experiments:
                    raise ValueError(f"experiments.{name}_{other}: the name of a figure of {name}; choose another")
        return self

    def companions(self) -> dict[str, list[str]]:
        """Experiment → the companion systems that study it."""
        return {name: list(plan.companions()) for name, plan in self.experiments.items()}

    def compared(self) -> list[str]:
        """The experiments whose spectra are compared and drawn."""
        return [name for name, plan in self.experiments.items() if plan.compared]

    def further_tables(self) -> dict[str, list[str]]:
        """Experiment → its tables beside those of all that are compared, as files in `results/<experiment>/`."""
        return {name: list(dict.fromkeys(_further(plan))) for name, plan in self.experiments.items()}

    def trained(self, experiment: str) -> Experiment:
        """The plan of an experiment whose recordings are made by training."""
        plan = self.experiments[experiment]
        if not isinstance(plan, Experiment):
            raise TypeError(f"{experiment} trains nothing")
        return plan

    def training_job(self, experiment: str, architecture: str, optimizer: str, chunk: str) -> TrainingJob:
        """The job that trains one chunk of one group."""
        plan = self.trained(experiment)
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
