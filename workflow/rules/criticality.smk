"""Criticality: recordings → fluctuations of every training's weights, power laws among them → tables."""


rule fluctuations:
    input:
        recording=lambda wildcards: dag.companion_recording(
            study, wildcards.experiment, wildcards.piece
        ),
    output:
        equilibrium="results/{experiment}/criticality/parts/{piece}/equilibrium.parquet",
        exponents="results/{experiment}/criticality/parts/{piece}/exponents.parquet",
        densities="results/{experiment}/criticality/parts/{piece}/densities.parquet",
        singular_values="results/{experiment}/criticality/parts/{piece}/singular_values.parquet",
    log:
        "logs/fluctuations/{experiment}/{piece}.log",
    benchmark:
        "benchmarks/fluctuations/{experiment}/{piece}.tsv"
    wildcard_constraints:
        piece=r"[A-Za-z0-9_-]+/[A-Za-z0-9_-]+/\d+-\d+",
    conda:
        "../../envs/cpu.yaml"
    threads: 1
    params:
        job=lambda wildcards: dag.companion_job(
            study, **wildcards, system="criticality"
        ),
        code=lambda wildcards: dag.companion_code(
            study, **wildcards, system="criticality"
        ),
    message:
        "fluctuations of {wildcards.experiment}: {wildcards.piece}"
    script:
        "../scripts/fluctuations.py"


rule criticality_tables:
    input:
        **{
            name: lambda wildcards, file=file: expand(
                "results/{experiment}/criticality/parts/{piece}/{file}",
                experiment=wildcards.experiment,
                piece=dag.companion_pieces(study, wildcards.experiment, "criticality"),
                file=file,
            )
            for name, file in COMPANIONS["criticality"].tables.items()
        },
    output:
        **{
            name: f"results/{{experiment}}/criticality/{file}"
            for name, file in COMPANIONS["criticality"].tables.items()
        },
    log:
        "logs/criticality_tables/{experiment}.log",
    benchmark:
        "benchmarks/criticality_tables/{experiment}.tsv"
    conda:
        "../../envs/cpu.yaml"
    threads: 1
    params:
        code=code_hash("traindyn.recording.tables"),
    message:
        "fluctuations of {wildcards.experiment}: all trainings together"
    script:
        "../scripts/criticality_tables.py"
