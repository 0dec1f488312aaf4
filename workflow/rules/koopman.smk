"""Recordings → spectra, and the small tables that figures need beside them."""


rule fit:
    input:
        recordings=lambda wildcards: dag.recordings(study, **wildcards),
    output:
        fits="results/{experiment}/fits/{architecture}/{optimizer}/{chunk}.h5",
    log:
        "logs/fit/{experiment}/{architecture}/{optimizer}/{chunk}.log",
    benchmark:
        "benchmarks/fit/{experiment}/{architecture}/{optimizer}/{chunk}.tsv"
    conda:
        "../../envs/cpu.yaml"
    threads: 1
    params:
        plan=lambda wildcards: dag.koopman_plan(
            study, wildcards.experiment, wildcards.architecture, wildcards.optimizer
        ),
        seed=study.seed,
        code=code_hash("traindyn.koopman"),
    message:
        "fitting {wildcards.experiment}: {wildcards.architecture} with {wildcards.optimizer}, seeds {wildcards.chunk}"
    script:
        "../scripts/fit.py"


rule spectra:
    input:
        fits=lambda wildcards: dag.chunk_files(study, wildcards.experiment, "fits"),
    output:
        spectra="results/{experiment}/spectra.parquet",
        resampled="results/{experiment}/resampled_spectra.parquet",
    log:
        "logs/spectra/{experiment}.log",
    benchmark:
        "benchmarks/spectra/{experiment}.tsv"
    conda:
        "../../envs/cpu.yaml"
    threads: 1
    params:
        code=code_hash("traindyn.koopman.table"),
    message:
        "collecting the spectra of {wildcards.experiment}"
    script:
        "../scripts/spectra.py"


rule summary:
    input:
        recordings=lambda wildcards: dag.chunk_files(
            study, wildcards.experiment, "recordings"
        ),
    output:
        curves="results/{experiment}/learning_curves.parquet",
        trajectories="results/{experiment}/trajectories.parquet",
        diverged="results/{experiment}/diverged.csv",
    log:
        "logs/summary/{experiment}.log",
    benchmark:
        "benchmarks/summary/{experiment}.tsv"
    conda:
        "../../envs/cpu.yaml"
    threads: 1
    params:
        code=code_hash("traindyn.recording.tables"),
    message:
        "collecting the learning curves of {wildcards.experiment}"
    script:
        "../scripts/summary.py"
