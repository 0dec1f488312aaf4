"""Claims of the paper beside this run's numbers. Needs the tables and the configuration only."""


rule claims:
    input:
        lambda wildcards: dag.claims_tables(study, notebooks.parent),
    output:
        csv=report(
            "results/claims.csv",
            caption="../report/claims.rst",
            category="Claims",
            labels={"what": "table"},
        ),
        html=report(
            "results/claims.html",
            caption="../report/claims.rst",
            category="Claims",
            labels={"what": "page"},
        ),
    log:
        "logs/claims.log",
    benchmark:
        "benchmarks/claims.tsv"
    localrule: True
    conda:
        "../../envs/cpu.yaml"
    threads: 1
    params:
        plan=lambda wildcards: dag.claims_params(study, notebooks.parent),
        code=code_hash("traindyn.claims"),
    message:
        "holding the results against the claims"
    script:
        "../scripts/claims.py"
