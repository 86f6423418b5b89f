"""The page Why."""

from cpo.dashboard.why.why import page

__all__ = ['page']
