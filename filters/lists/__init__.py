"""Lists that rules look things up in: words, stop words, URLs, programming languages; and what builds them."""
