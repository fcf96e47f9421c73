"""What must hold of the metrics' components and values before estimates are made."""
