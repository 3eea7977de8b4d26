"""The engine beside the queues one could have taken instead: same texts, same provider, same number of slots."""
