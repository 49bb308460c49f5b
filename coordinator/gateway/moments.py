"""As of when a caller asks: by a sequence or a time, as two parameters of which one at most is said."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query

from coordinator.gateway.problems import Code, Problem
from projections.moment import AsOf, AtSequence, AtTime

AsOfSequence = Annotated[int | None, Query(alias="as_of_sequence", ge=0, description="As it stood after this entry.")]
AsOfTime = Annotated[int | None, Query(alias="as_of_ms", ge=0, description="As it stood at this instant, milliseconds since 1970.")]


def moment_of(sequence: int | None, at_ms: int | None) -> AsOf:
    """The moment asked about; None: now. Raises Problem where both are said."""
    if sequence is not None and at_ms is not None:
        said = ("Say as_of_sequence or as_of_ms, not both.", "Indicare as_of_sequence o as_of_ms, non entrambi.")
        raise Problem(Code.REQUEST_INVALID, said, {"fields": ["query.as_of_sequence", "query.as_of_ms"]})
    if sequence is not None:
        return AtSequence(sequence)
    return None if at_ms is None else AtTime(at_ms)
