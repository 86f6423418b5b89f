"""The page Connect: the address to type into the wallbox, attempts to connect, what was learned of the charger."""

from cpo.dashboard.connect.connect import page

__all__ = ['page']
