"""What must hold at the boundary of each stage before the next one may run: suites by stage, and their runner."""
