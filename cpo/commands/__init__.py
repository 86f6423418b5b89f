"""What `home-cpo` can do besides serving: commands that use the journal, also while the program runs."""

from cpo.commands.password import run_password
from cpo.commands.replay import run_replay
from cpo.commands.verify import run_verify

__all__ = ['run_password', 'run_replay', 'run_verify']
