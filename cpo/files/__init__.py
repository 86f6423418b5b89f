"""Files that pass between the charger and the owner: diagnostics, logs, firmware; none stays longer than an hour."""

from cpo.files.file_shelf import FILES, FileShelf, check_size
from cpo.files.kept_file import FileKind, KeptFile

__all__ = ['FILES', 'FileKind', 'FileShelf', 'KeptFile', 'check_size']
