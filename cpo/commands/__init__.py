"""What `home-cpo` can do besides serving: commands that read the journal, also while the program runs."""

from cpo.commands.replay import run_replay

__all__ = ['run_replay']
