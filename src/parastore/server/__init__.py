"""The edge: settings, sockets, HTTP, health routes, logs, and the processes that run them."""
