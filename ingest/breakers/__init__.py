"""Sources whose events are mostly bad are stopped, and what they sent waits."""
