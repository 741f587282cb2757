"""Templates beside the changes that come from them."""
