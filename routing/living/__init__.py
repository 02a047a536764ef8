"""A day that is under way, planned again from where the rep is now."""

from routing.living.problem import MOVING_PRICE_S, LivingDay, Made
from routing.living.replan import Replanned, replan, replan_on_matrix

__all__ = ["MOVING_PRICE_S", "LivingDay", "Made", "Replanned", "replan", "replan_on_matrix"]
