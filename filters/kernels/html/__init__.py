"""HTML: tokenised, cut into blocks of text, measured and written out."""
