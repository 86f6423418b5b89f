"""Widgets that several pages share: the frame around every page, lists, sliders, buttons."""
