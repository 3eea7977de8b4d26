"""`luxe backup` and `luxe restore`: the database in one encrypted file, without the keys of patients."""
