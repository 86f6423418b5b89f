"""Files that pass between the charger and the owner: diagnostics, logs, firmware; none stays longer than an hour."""

from cpo.files.file_shelf import FILES, MAX_FILE_BYTES, FileShelf
from cpo.files.kept_file import FileKind, FileRefusal, KeptFile

__all__ = ['FILES', 'MAX_FILE_BYTES', 'FileKind', 'FileRefusal', 'FileShelf', 'KeptFile']
