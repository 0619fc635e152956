"""Defects: jobs with exactly one known problem, and the kinds of defects of each contract."""

from ftschema.generation.defects import Defect, Kind, catalogue

__all__ = ["Defect", "Kind", "catalogue"]
