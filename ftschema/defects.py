"""Jobs with exactly one known fault, and the kinds of fault that each contract has."""

from ftschema.generation.defects import Defect, Kind, catalogue

__all__ = ["Defect", "Kind", "catalogue"]
