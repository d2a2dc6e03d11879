"""A recipe laid out as steps, and one batch of documents taken through them."""
