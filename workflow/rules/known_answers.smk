"""Pairs of systems with a known answer: how often is each way of judging right?"""


rule judgements:
    output:
        "results/known_answers/judgements.csv",
    log:
        "logs/judgements.log",
    benchmark:
        "benchmarks/judgements.tsv"
    conda:
        "../../envs/cpu.yaml"
    threads: 8
    params:
        plan=study.known_answers.model_dump(),
        seed=study.seed,
        code=dag.known_answers_code(),
    message:
        "judging pairs of systems with a known answer"
    script:
        "../scripts/judgements.py"


rule known_answers_page:
    input:
        notebook=notebooks / "known_answers.ipynb",
        judgements="results/known_answers/judgements.csv",
    output:
        png=report(
            "results/figures/known_answers.png",
            caption="../report/known_answers.rst",
            category="Known answers",
            labels={"what": "figure"},
        ),
        svg="results/figures/known_answers.svg",
        pdf="results/figures/known_answers.pdf",
        notebook="results/notebooks/known_answers.ipynb",
        html=report(
            "results/notebooks/known_answers.html",
            caption="../report/known_answers.rst",
            category="Known answers",
            labels={"what": "executed notebook"},
        ),
    log:
        "logs/known_answers_page.log",
    benchmark:
        "benchmarks/known_answers_page.tsv"
    conda:
        "../../envs/cpu.yaml"
    threads: 1
    params:
        code=code_hash(
            "traindyn.plotting", "traindyn.notebooks", "traindyn.known_answers.rates"
        ),
    message:
        "drawing the known answers"
    script:
        "../scripts/known_answers_page.py"


rule known_answers:
    input:
        dag.known_answers_files(study),
    localrule: True
