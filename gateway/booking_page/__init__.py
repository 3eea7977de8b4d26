"""A patient's own page: what is asked for, which times it offers, in which words. Pure; the routes read and write."""
