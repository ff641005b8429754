"""An expression cut into scans that VAST answers and a rest that DuckDB runs over them."""

from tams_analytics.engines.vast.planning.plan import PLACEHOLDER, Plan, Reduction, Scan
from tams_analytics.engines.vast.planning.planner import CannotPlan, plan

__all__ = ["PLACEHOLDER", "CannotPlan", "Plan", "Reduction", "Scan", "plan"]
