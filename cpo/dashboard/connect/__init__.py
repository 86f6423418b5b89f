"""The page Connect: the address for the wallbox, attempts to connect, and what is known of the charger."""

from cpo.dashboard.connect.connect import page

__all__ = ['page']
