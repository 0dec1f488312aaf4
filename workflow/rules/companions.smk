"""Companion systems: other views of the same trainings. Each has rules of its own, and draws by its own notebook."""

if study.tables == "computed":

    include: "interactions.smk"
    include: "stability.smk"
    include: "criticality.smk"


rule companion_figure:
    input:
        unpack(
            lambda wildcards: dag.companion_tables(
                study, wildcards.experiment, wildcards.system
            )
        ),
        notebook=lambda wildcards: str(notebooks / f"{wildcards.system}.ipynb"),
    output:
        png=report(
            "results/figures/{experiment}_{system}.png",
            caption="../report/companion_figure.rst",
            category="Companion systems",
            labels={
                "system": "{system}",
                "experiment": "{experiment}",
                "what": "figure",
            },
        ),
        svg="results/figures/{experiment}_{system}.svg",
        pdf="results/figures/{experiment}_{system}.pdf",
        notebook="results/notebooks/{experiment}_{system}.ipynb",
        html=report(
            "results/notebooks/{experiment}_{system}.html",
            caption="../report/notebook.rst",
            category="Companion systems",
            labels={
                "system": "{system}",
                "experiment": "{experiment}",
                "what": "executed notebook",
            },
        ),
    log:
        "logs/companion_figure/{system}/{experiment}.log",
    benchmark:
        "benchmarks/companion_figure_{system}/{experiment}.tsv"
    wildcard_constraints:
        system="|".join(COMPANIONS),
    conda:
        "../../envs/cpu.yaml"
    threads: 1
    params:
        title=lambda wildcards: study.experiments[wildcards.experiment].title,
        code=code_hash("traindyn.plotting", "traindyn.notebooks"),
    message:
        "drawing the {wildcards.system} of {wildcards.experiment}"
    script:
        "../scripts/figure.py"
