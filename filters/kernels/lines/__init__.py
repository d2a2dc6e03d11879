"""Lines, paragraphs, sentences and characters: counted, and cut out."""
