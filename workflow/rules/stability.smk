"""Stability: recordings → Lyapunov exponents and covariant vectors of every training → tables."""


rule exponents:
    input:
        recording=lambda wildcards: dag.companion_recording(
            study, wildcards.experiment, wildcards.piece
        ),
    output:
        exponents="results/{experiment}/stability/parts/{piece}/exponents.parquet",
        angles="results/{experiment}/stability/parts/{piece}/angles.parquet",
    log:
        "logs/exponents/{experiment}/{piece}.log",
    benchmark:
        "benchmarks/exponents/{experiment}/{piece}.tsv"
    wildcard_constraints:
        piece=r"[A-Za-z0-9_-]+/[A-Za-z0-9_-]+/\d+-\d+",
    conda:
        "../../envs/cpu.yaml"
    threads: 1
    params:
        job=lambda wildcards: dag.companion_job(study, **wildcards, system="stability"),
        code=lambda wildcards: dag.companion_code(
            study, **wildcards, system="stability"
        ),
    message:
        "Lyapunov exponents of {wildcards.experiment}: {wildcards.piece}"
    script:
        "../scripts/exponents.py"


rule stability_tables:
    input:
        exponents=lambda wildcards: expand(
            "results/{{experiment}}/stability/parts/{piece}/exponents.parquet",
            piece=dag.companion_pieces(study, wildcards.experiment, "stability"),
        ),
        angles=lambda wildcards: expand(
            "results/{{experiment}}/stability/parts/{piece}/angles.parquet",
            piece=dag.companion_pieces(study, wildcards.experiment, "stability"),
        ),
        spectra="results/{experiment}/spectra.parquet",
    output:
        exponents="results/{experiment}/stability/exponents.parquet",
        angles="results/{experiment}/stability/angles.parquet",
        predictions="results/{experiment}/stability/predictions.csv",
        rates="results/{experiment}/stability/rates.parquet",
    log:
        "logs/stability_tables/{experiment}.log",
    benchmark:
        "benchmarks/stability_tables/{experiment}.tsv"
    conda:
        "../../envs/cpu.yaml"
    threads: 1
    params:
        plan=lambda wildcards: study.experiments[
            wildcards.experiment
        ].stability.model_dump(include={"bootstraps", "poor_loss"}),
        seed=study.seed,
        code=code_hash("traindyn.stability.predictions", "traindyn.stability.rates"),
    message:
        "stability of {wildcards.experiment}: predictions, rates beside the spectra"
    script:
        "../scripts/stability_tables.py"
