"""Books and documents: EPUB, FictionBook, Word, OpenDocument, RTF, PDF."""
