"""Claims of a paper beside this run's numbers: a file of claims + tables of results -> a table with outcomes."""

from traindyn.claims.check import claims_of
from traindyn.claims.claim import Claim, ClaimsFile
from traindyn.claims.judge import judged
from traindyn.claims.load import read_claims
from traindyn.claims.page import claims_page
from traindyn.claims.setting import Setting, settings
from traindyn.claims.tables import read_tables

__all__ = [
    "Claim",
    "ClaimsFile",
    "Setting",
    "claims_of",
    "claims_page",
    "judged",
    "read_claims",
    "read_tables",
    "settings",
]
