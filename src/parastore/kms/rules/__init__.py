"""Decisions on keys, blobs, aliases, grants and imports: values in, values or errors out."""
