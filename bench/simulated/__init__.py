"""What simulated clinics share: time that jumps, schedulers that die, a provider that writes down what it took."""
