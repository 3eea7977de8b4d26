"""Kill, freeze and cut off at random, and judge at the provider: nothing lost, doubled, or sent after its cancel."""
