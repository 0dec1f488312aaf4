"""Tables → figures, by a notebook that papermill executes."""


rule figure:
    input:
        notebook=lambda wildcards: dag.notebook(study, wildcards.experiment, notebooks),
        spectra="results/{experiment}/spectra.parquet",
        distances="results/{experiment}/distances.parquet",
        resampled_distances="results/{experiment}/resampled_distances.parquet",
        verdicts="results/{experiment}/verdicts.csv",
        window_verdicts="results/{experiment}/window_verdicts.csv",
        transitions="results/{experiment}/transitions.csv",
        learning_curves="results/{experiment}/learning_curves.parquet",
        trajectories="results/{experiment}/trajectories.parquet",
        diverged="results/{experiment}/diverged.csv",
    output:
        png=report(
            "results/figures/{experiment}.png",
            caption="../report/figure.rst",
            category="Figures",
            labels={"experiment": "{experiment}", "what": "figure"},
        ),
        svg="results/figures/{experiment}.svg",
        pdf="results/figures/{experiment}.pdf",
        notebook="results/notebooks/{experiment}.ipynb",
        html=report(
            "results/notebooks/{experiment}.html",
            caption="../report/notebook.rst",
            category="Notebooks",
            labels={"experiment": "{experiment}", "what": "executed notebook"},
        ),
    log:
        "logs/figure/{experiment}.log",
    benchmark:
        "benchmarks/figure/{experiment}.tsv"
    conda:
        "../../envs/cpu.yaml"
    threads: 1
    params:
        title=lambda wildcards: study.experiments[wildcards.experiment].title,
        code=code_hash("traindyn.plotting", "traindyn.notebooks"),
    message:
        "drawing {wildcards.experiment}"
    script:
        "../scripts/figure.py"


include: "sensitivity.smk"
