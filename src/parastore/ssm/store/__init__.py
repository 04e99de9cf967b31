"""Parameters in storage: the SQL of this service, inside a transaction it is given."""
