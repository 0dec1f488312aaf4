"""Recordings that exist already → the recording format: one seed of a sheet's label."""


rule bring:
    input:
        lambda wildcards: dag.brought_files(study, **wildcards),
    output:
        recording="results/{experiment}/recordings/{architecture}/brought/{chunk}.h5",
    log:
        "logs/bring/{experiment}/{architecture}/{chunk}.log",
    benchmark:
        "benchmarks/bring/{experiment}/{architecture}/{chunk}.tsv"
    wildcard_constraints:
        experiment=dag.only(study, Brought),
    conda:
        "../../envs/cpu.yaml"
    threads: 1
    params:
        rows=lambda wildcards: dag.brought_rows(study, **wildcards),
        code=code_hash(*dag.BRINGING),
    message:
        "bringing {wildcards.experiment}: {wildcards.architecture}, seed {wildcards.chunk}"
    script:
        "../scripts/bring.py"
