"""Train what recipes run: tokenizers and models, from finished runs, folders and files."""
