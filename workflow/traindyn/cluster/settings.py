"""Is this Slurm set up so that states of jobs can be asked for in the profile's way?"""

import re

from traindyn.errors import InputError

FIRST_CHECK = "slurm-init-seconds-before-status-checks"


def check_settings(settings: str, profile: dict) -> None:
    """Raise InputError where the plugin would wait for ever.

    `settings` is what `scontrol show config` says. squeue forgets jobs after MinJobAge; the plugin asks sacct where
    that is less than three times the first interval between its checks, and without a database sacct never answers.
    """
    if _value(settings, "AccountingStorageType", "accounting_storage/none") != "accounting_storage/none":
        return
    age = int(_value(settings, "MinJobAge", "0").split()[0])
    longest = age // 3
    if profile.get(FIRST_CHECK, 40) > longest:
        raise InputError(
            f"this Slurm has no accounting and forgets finished jobs after {age} s (MinJobAge): "
            f"{FIRST_CHECK} in the profile must be at most {longest}"
        )


def _value(settings: str, key: str, default: str) -> str:
    found = re.search(rf"^{key}\s*=\s*(.+?)\s*$", settings, re.MULTILINE)
    return found.group(1) if found else default
