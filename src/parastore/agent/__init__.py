"""The local HTTP API of the AWS Parameters and Secrets Lambda Extension, for functions, containers and services."""
