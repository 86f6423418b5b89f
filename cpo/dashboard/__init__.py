"""The dashboard: the page people look at and touch, one module per panel."""

from cpo.dashboard.dashboard import Dashboard

__all__ = ['Dashboard']
