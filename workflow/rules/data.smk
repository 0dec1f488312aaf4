"""Data sets: found or downloaded, and checked."""


rule data:
    output:
        "results/{experiment}/data.json",
    log:
        "logs/data/{experiment}.log",
    benchmark:
        "benchmarks/data/{experiment}.tsv"
    conda:
        "../../envs/cpu.yaml"
    threads: 1
    params:
        task=lambda wildcards: study.experiments[wildcards.experiment].task.model_dump(),
        code=lambda wildcards: dag.task_code(study, wildcards.experiment),
    message:
        "checking the data of {wildcards.experiment}"
    script:
        "../scripts/data.py"
