"""What our programs do as ordinary AWS clients: connect, walk, batch, copy. Nothing here knows the server."""
