"""For tests, ours and our users': a real server in a temporary folder."""
