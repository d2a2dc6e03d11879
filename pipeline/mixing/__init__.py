"""Finished runs mixed by shares of tokens, shuffled as a whole, and packed into sequences."""
