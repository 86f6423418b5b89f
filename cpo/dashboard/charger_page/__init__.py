"""The page Charger: what its owner can do with the charger besides charging."""

from cpo.dashboard.charger_page.charger_page import page

__all__ = ['page']
