"""Data sets: found or downloaded, and checked."""


rule data:
    output:
        "results/{experiment}/data.json",
    log:
        "logs/data/{experiment}.log",
    benchmark:
        "benchmarks/data/{experiment}.tsv"
    localrule: True
    conda:
        "../../envs/cpu.yaml"
    threads: 1
    params:
        tasks=lambda wildcards: [
            task.model_dump() for task in dag.tasks(study, wildcards.experiment)
        ],
        code=lambda wildcards: dag.tasks_code(study, wildcards.experiment),
    message:
        "checking the data of {wildcards.experiment}"
    script:
        "../scripts/data.py"
