"""Where words end, in each of the ways of ``words``, and what is counted of them."""
