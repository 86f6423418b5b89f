"""The page Settings: every setting of the program, and all of it as one file."""

from cpo.dashboard.settings_page.settings_page import page

__all__ = ['page']
