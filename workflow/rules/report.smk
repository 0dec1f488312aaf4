"""One self-contained HTML page of all figures, notebooks, verdicts, claims and run times."""


rule report:
    input:
        dag.figure_files(dag.figures(study)),
        # Tables that are kept are no rule's to report on; the figures show their verdicts.
        (
            expand("results/{experiment}/verdicts.csv", experiment=study.compared())
            if study.tables == "computed"
            else []
        ),
        dag.known_answers_files(study),
        dag.rules_apart_files(study),
        dag.claims_files(study),
        "results/run.html",
        "results/run_times.csv",
    output:
        "results/report.html",
    log:
        "logs/report.log",
    benchmark:
        "benchmarks/report.tsv"
    localrule: True
    conda:
        "../../envs/cpu.yaml"
    threads: 1
    params:
        config=config,
    message:
        "writing the report"
    script:
        "../scripts/report.py"
