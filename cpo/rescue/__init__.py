"""The small program that runs while the journal is damaged, until somebody says what to do about it."""

from cpo.rescue.rescue import sound_journal

__all__ = ['sound_journal']
