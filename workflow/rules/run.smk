"""Run times of all jobs, and the environment. Reads benchmark files that other rules left, as far as they are there."""


rule run:
    input:
        # Not read: with these finished, the jobs before them have been measured.
        dag.figure_files(dag.figures(study)),
        dag.known_answers_files(study),
        dag.rules_apart_files(study),
        dag.claims_files(study),
    output:
        html=report(
            "results/run.html",
            caption="../report/run.rst",
            category="Run",
            labels={"what": "run times and environment"},
        ),
        csv=report(
            "results/run_times.csv",
            caption="../report/run.rst",
            category="Run",
            labels={"what": "run times"},
        ),
    log:
        "logs/run.log",
    benchmark:
        "benchmarks/run.tsv"
    localrule: True
    conda:
        "../../envs/cpu.yaml"
    threads: 1
    params:
        pieces=dag.pieces(study),
        once=dag.once(study),
        code=code_hash("traindyn.run"),
    message:
        "collecting the run times"
    script:
        "../scripts/run.py"
