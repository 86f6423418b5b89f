"""The page People: who has a password, signed-in devices, tokens."""

from cpo.dashboard.people_page.people_page import page

__all__ = ['page']
