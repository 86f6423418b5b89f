"""The web pages for people, made with NiceGUI: Home, Sessions, Messages and Connect."""

from cpo.dashboard.dashboard import Dashboard

__all__ = ['Dashboard']
