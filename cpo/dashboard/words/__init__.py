"""Words for what is known: pure functions from the state to a sentence, a number or a time.

Nothing here draws; pages and parts do. Import the modules by name: `from cpo.dashboard.words import numbers`.
"""
