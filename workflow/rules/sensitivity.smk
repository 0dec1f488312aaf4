"""The verdicts under other settings of the fits: all settings of an experiment in one job, and their figure."""

if study.tables == "computed":

    rule sweep:
        input:
            recordings=lambda wildcards: dag.chunk_files(
                study, wildcards.experiment, "recordings"
            ),
        output:
            "results/{experiment}/sensitivity.csv",
        log:
            "logs/sweep/{experiment}.log",
        benchmark:
            "benchmarks/sweep/{experiment}.tsv"
        conda:
            "../../envs/cpu.yaml"
        threads: dag.COMPARISON_THREADS
        params:
            plans=lambda wildcards: dag.sensitivity_params(study, wildcards.experiment),
            seed=study.seed,
            code=lambda wildcards: dag.sensitivity_code(study, wildcards.experiment),
        message:
            "other settings of the fits of {wildcards.experiment}"
        script:
            "../scripts/sweep.py"


rule sensitivity_figure:
    input:
        notebook=notebooks / "sensitivity.ipynb",
        sensitivity="results/{experiment}/sensitivity.csv",
    output:
        png=report(
            "results/figures/{experiment}_sensitivity.png",
            caption="../report/sensitivity.rst",
            category="Sensitivity",
            labels={"experiment": "{experiment}", "what": "figure"},
        ),
        svg="results/figures/{experiment}_sensitivity.svg",
        pdf="results/figures/{experiment}_sensitivity.pdf",
        notebook="results/notebooks/{experiment}_sensitivity.ipynb",
        html=report(
            "results/notebooks/{experiment}_sensitivity.html",
            caption="../report/sensitivity.rst",
            category="Sensitivity",
            labels={"experiment": "{experiment}", "what": "executed notebook"},
        ),
    log:
        "logs/sensitivity_figure/{experiment}.log",
    benchmark:
        "benchmarks/sensitivity_figure/{experiment}.tsv"
    conda:
        "../../envs/cpu.yaml"
    threads: 1
    params:
        title=lambda wildcards: study.experiments[wildcards.experiment].title,
        code=code_hash("traindyn.plotting", "traindyn.notebooks"),
    message:
        "drawing the sensitivity of {wildcards.experiment}"
    script:
        "../scripts/figure.py"
