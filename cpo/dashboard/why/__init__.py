"""The page Why."""

from cpo.dashboard.why.recalled import Recalled
from cpo.dashboard.why.why import page

__all__ = ['Recalled', 'page']
