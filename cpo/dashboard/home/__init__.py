"""The page Home: the charger's state, its controls, the sun and the newest sessions; before a charger, first steps."""

from cpo.dashboard.home.home import page

__all__ = ['page']
