"""The restore point of the paper-scale run: its small tables, kept in git with their digests."""


rule restore_point:
    input:
        restore_point.files(study.compared(), study.further_tables()),
    output:
        [
            f"results/paper/{name}"
            for name in restore_point.files(study.compared(), study.further_tables())
        ],
        "results/paper/config.yaml",
        "results/paper/made_by.json",
        "results/paper/SHA256SUMS",
    log:
        "logs/restore_point.log",
    benchmark:
        "benchmarks/restore_point.tsv"
    localrule: True
    conda:
        "../../envs/cpu.yaml"
    threads: 1
    params:
        config=config,
        experiments=study.compared(),
        further=study.further_tables(),
    message:
        "keeping the tables of all experiments"
    script:
        "../scripts/restore_point.py"
