"""What must hold of the estimates before they are released."""
