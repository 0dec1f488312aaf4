"""Do claims and configuration fit each other?"""

from collections.abc import Iterable
from pathlib import Path

from traindyn.claims.claim import Claim, ClaimsFile
from traindyn.claims.load import read_claims
from traindyn.config.analysis import Analysis
from traindyn.config.schema import Config
from traindyn.errors import InputError


def claims_of(config: Config, repository: Path) -> ClaimsFile | None:
    """The claims that a configuration names, checked against its experiments; None where it names none.

    The path is looked for in the working directory, then in the repository.

    Raises:
        InputError: one line naming the file, the key and what is allowed.
    """
    if config.claims is None:
        return None
    places = (Path(config.claims), repository / config.claims)
    path = next((place for place in places if place.is_file()), None)
    if path is None:
        looked = " or ".join(str(place) for place in dict.fromkeys(places))
        raise InputError(f"configuration: claims = {config.claims!r}: no such file; looked for {looked}")
    claims = read_claims(path)
    for name, claim in claims.claims.items():
        # What is not configured is not run, and cannot be checked.
        if claim.experiment in config.experiments:
            _check(f"{path}: claims.{name}", claim, config.experiments[claim.experiment])
    return claims


def _check(key: str, claim: Claim, experiment: Analysis) -> None:
    groups, measures = experiment.group_labels(), experiment.comparison.measures
    _known(f"{key}: group", claim.quantity.groups_named(), groups, claim.experiment)
    system = claim.quantity.system_named()
    _known(f"{key}: system", [system] if system else [], experiment.companions(), claim.experiment)
    _known(f"{key}: measure", claim.quantity.measures(), measures, claim.experiment)


def _known(key: str, names: Iterable[str], known: Iterable[str], experiment: str) -> None:
    known = list(known)
    for name in names:
        if name not in known:
            raise InputError(f"{key} {name!r} is not in experiment {experiment!r}; allowed: {', '.join(known)}")
