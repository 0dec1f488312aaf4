"""One self-contained HTML page of all figures, notebooks and verdicts."""


rule report:
    input:
        dag.figure_files(study.experiments),
        expand("results/{experiment}/verdicts.csv", experiment=study.experiments),
    output:
        "results/report.html",
    log:
        "logs/report.log",
    benchmark:
        "benchmarks/report.tsv"
    conda:
        "../../envs/cpu.yaml"
    threads: 1
    params:
        config=config,
    message:
        "writing the report"
    script:
        "../scripts/report.py"
