"""Spectra → distances → verdicts: all pairs of an experiment in one job."""


rule distances:
    input:
        fits=lambda wildcards: dag.chunk_files(study, wildcards.experiment, "fits"),
    output:
        distances="results/{experiment}/distances.parquet",
        resampled="results/{experiment}/resampled_distances.parquet",
    log:
        "logs/distances/{experiment}.log",
    benchmark:
        "benchmarks/distances/{experiment}.tsv"
    conda:
        "../../envs/cpu.yaml"
    threads: lambda wildcards: dag.comparison_threads(study, wildcards.experiment)
    params:
        measures=lambda wildcards: study.experiments[
            wildcards.experiment
        ].comparison.measures,
        code=lambda wildcards: dag.distances_code(study, wildcards.experiment),
    message:
        "distances between the spectra of {wildcards.experiment}"
    script:
        "../scripts/distances.py"


rule verdicts:
    input:
        fits=lambda wildcards: dag.chunk_files(study, wildcards.experiment, "fits"),
        distances="results/{experiment}/distances.parquet",
        resampled="results/{experiment}/resampled_distances.parquet",
    output:
        verdicts=report(
            "results/{experiment}/verdicts.csv",
            caption="../report/verdicts.rst",
            category="Verdicts",
            labels={"experiment": "{experiment}", "table": "verdicts"},
        ),
        window_verdicts="results/{experiment}/window_verdicts.csv",
        transitions="results/{experiment}/transitions.csv",
    log:
        "logs/verdicts/{experiment}.log",
    benchmark:
        "benchmarks/verdicts/{experiment}.tsv"
    conda:
        "../../envs/cpu.yaml"
    threads: lambda wildcards: dag.comparison_threads(study, wildcards.experiment)
    params:
        plan=lambda wildcards: study.experiments[
            wildcards.experiment
        ].comparison.model_dump(),
        groups=lambda wildcards: list(
            study.experiments[wildcards.experiment].group_labels()
        ),
        seed=study.seed,
        code=code_hash("traindyn.compare"),
    message:
        "verdicts of {wildcards.experiment}"
    script:
        "../scripts/verdicts.py"


rule rules_apart:
    input:
        expand("results/{experiment}/verdicts.csv", experiment=study.compared()),
    output:
        report(
            "results/rules_apart.csv",
            caption="../report/rules_apart.rst",
            category="Verdicts",
            labels={
                "experiment": "all",
                "table": "where the default and the paper's rule differ",
            },
        ),
    log:
        "logs/rules_apart.log",
    benchmark:
        "benchmarks/rules_apart.tsv"
    localrule: True
    conda:
        "../../envs/cpu.yaml"
    threads: 1
    params:
        code=code_hash("traindyn.compare.rules_apart"),
    message:
        "comparing the default verdicts with the paper's"
    script:
        "../scripts/rules_apart.py"
