"""What was set aside, why, and how it comes back in."""
