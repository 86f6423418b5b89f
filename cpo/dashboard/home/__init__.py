"""The page Home: what the charger does now, the limit, the sun, and the first run."""

from cpo.dashboard.home.home import page

__all__ = ['page']
