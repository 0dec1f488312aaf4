"""Kinds of quantities, one file each: what a claim can be about. A new kind is a new file and its name here."""

from typing import Annotated

from pydantic import Field

from traindyn.claims.kinds.companion import Companion
from traindyn.claims.kinds.distance import Distance
from traindyn.claims.kinds.eigenvalues import Eigenvalues
from traindyn.claims.kinds.generalises import Generalises
from traindyn.claims.kinds.order import Order
from traindyn.claims.kinds.transition import Transition
from traindyn.claims.kinds.verdict import Verdict
from traindyn.claims.kinds.within_distance import WithinDistance

KINDS = (Verdict, Distance, WithinDistance, Order, Eigenvalues, Generalises, Transition, Companion)
AnyQuantity = Annotated[
    Verdict | Distance | WithinDistance | Order | Eigenvalues | Generalises | Transition | Companion,
    Field(discriminator="kind"),
]
