"""Parts of documents: lines, paragraphs, spans of sentences, runs of words, and overlap with evaluation sets."""
