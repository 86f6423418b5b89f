"""The texts of the dashboard: pure functions from the state to a sentence, a number or a time, without NiceGUI.

Import the modules by name: `from cpo.dashboard.words import numbers`.
"""
