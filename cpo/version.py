"""The version of this program."""

from importlib.metadata import PackageNotFoundError, version

try:
    VERSION = version('home-cpo')
except PackageNotFoundError:  # run from a checkout that was never installed
    VERSION = 'unknown'
