"""Parameter Store, the part of Systems Manager that this product is."""
