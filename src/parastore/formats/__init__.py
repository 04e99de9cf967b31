"""Files of settings, read and written. Pure: text in, text out; what a format cannot hold is refused, never bent."""
