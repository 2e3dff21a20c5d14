"""What happens, told as it happens: subscriptions and their events."""
