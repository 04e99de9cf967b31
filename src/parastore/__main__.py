"""`python -m parastore` is `parastore`."""

from parastore.cli.main import main

main()
