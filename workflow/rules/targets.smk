"""What can be asked for by name, and where it lies when it is done."""


localrules:
    all,
    figures,


rule figures:
    input:
        dag.figure_files(dag.figures(study)),
        dag.known_answers_files(study),


# Each experiment's name, and each notebook's for all that it draws.
for target, experiments in dag.targets(study).items():

    rule:
        name:
            target
        input:
            dag.figure_files(experiments),
            expand("results/{experiment}/verdicts.csv", experiment=experiments),
        localrule: True


for target, drawn in {
    **dag.sensitivity_targets(study),
    **dag.companion_targets(study),
}.items():

    rule:
        name:
            target
        input:
            dag.figure_files(drawn),
        localrule: True


onstart:
    if workflow.is_main_process:
        try:
            run_lock.hold(local=workflow.local_exec)
            whole.check_writable(dag.folders(study))
        except errors.InputError as error:
            print(f"traindyn: {error}", file=sys.stderr)
            sys.exit(1)
        if workflow.local_exec:
            rate_limit.lift(workflow.scheduler)
            warm.install()


onsuccess:
    results = Path("results").resolve()
    print(f"figures:   {results}/figures  (png, svg, pdf)")
    print(f"notebooks: {results}/notebooks")
    if (results / "report.html").exists():
        print(f"report:    {results}/report.html")
