"""The texts of the dashboard: pure functions from the state to a sentence, a number or a time, without NiceGUI.

A marker is a placeholder for a time in a text, which the browser fills in and advances (`words.times`). Import the
modules by name: `from cpo.dashboard.words import numbers`.
"""
