"""Training: a chunk of seeds of one group, with all replicas, as one ensemble."""


rule train:
    input:
        data="results/{experiment}/data.json",
    output:
        recording="results/{experiment}/recordings/{architecture}/{optimizer}/{chunk}.h5",
    log:
        "logs/train/{experiment}/{architecture}/{optimizer}/{chunk}.log",
    benchmark:
        "benchmarks/train/{experiment}/{architecture}/{optimizer}/{chunk}.tsv"
    wildcard_constraints:
        experiment=dag.only(study, Experiment),
    conda:
        f"../../envs/{study.environment}.yaml"
    threads: 1
    resources:
        gpu=lambda wildcards: dag.gpus(study.training_job(**wildcards)),
        checkpoint_seconds=60,
    params:
        job=lambda wildcards: study.training_job(**wildcards).model_dump(),
        code=lambda wildcards: dag.training_code(study.training_job(**wildcards)),
    message:
        "training {wildcards.experiment}: {wildcards.architecture} with {wildcards.optimizer}, seeds {wildcards.chunk}"
    script:
        "../scripts/train.py"
