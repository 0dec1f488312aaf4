"""Interactions: recordings → AND and OR interactions of input variables at checkpoints of every training → tables."""


rule extraction:
    input:
        recording=lambda wildcards: dag.companion_recording(
            study, wildcards.experiment, wildcards.piece
        ),
    output:
        strengths="results/{experiment}/interactions/parts/{piece}/strengths.parquet",
        salient="results/{experiment}/interactions/parts/{piece}/salient.parquet",
        checkpoints="results/{experiment}/interactions/parts/{piece}/checkpoints.parquet",
        theory="results/{experiment}/interactions/parts/{piece}/theory.parquet",
    log:
        "logs/extraction/{experiment}/{piece}.log",
    benchmark:
        "benchmarks/extraction/{experiment}/{piece}.tsv"
    wildcard_constraints:
        piece=r"[A-Za-z0-9_-]+/[A-Za-z0-9_-]+/\d+-\d+",
    conda:
        "../../envs/cpu.yaml"
    threads: 1
    params:
        job=lambda wildcards: dag.companion_job(
            study, **wildcards, system="interactions"
        ),
        code=lambda wildcards: dag.companion_code(
            study, **wildcards, system="interactions"
        ),
    message:
        "interactions of {wildcards.experiment}: {wildcards.piece}"
    script:
        "../scripts/extraction.py"


rule interactions_tables:
    input:
        strengths=lambda wildcards: expand(
            "results/{{experiment}}/interactions/parts/{piece}/strengths.parquet",
            piece=dag.companion_pieces(study, wildcards.experiment, "interactions"),
        ),
        salient=lambda wildcards: expand(
            "results/{{experiment}}/interactions/parts/{piece}/salient.parquet",
            piece=dag.companion_pieces(study, wildcards.experiment, "interactions"),
        ),
        checkpoints=lambda wildcards: expand(
            "results/{{experiment}}/interactions/parts/{piece}/checkpoints.parquet",
            piece=dag.companion_pieces(study, wildcards.experiment, "interactions"),
        ),
        theory=lambda wildcards: expand(
            "results/{{experiment}}/interactions/parts/{piece}/theory.parquet",
            piece=dag.companion_pieces(study, wildcards.experiment, "interactions"),
        ),
    output:
        strengths="results/{experiment}/interactions/strengths.parquet",
        salient="results/{experiment}/interactions/salient.parquet",
        checkpoints="results/{experiment}/interactions/checkpoints.parquet",
        theory="results/{experiment}/interactions/theory.parquet",
        phases="results/{experiment}/interactions/phases.csv",
    log:
        "logs/interactions_tables/{experiment}.log",
    benchmark:
        "benchmarks/interactions_tables/{experiment}.tsv"
    conda:
        "../../envs/cpu.yaml"
    threads: 1
    params:
        code=code_hash("traindyn.interactions.phases"),
    message:
        "interactions of {wildcards.experiment}: all trainings together, phases"
    script:
        "../scripts/interactions_tables.py"
