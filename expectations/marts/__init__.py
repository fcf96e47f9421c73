"""What must hold of facts and dimensions before the metrics are computed."""
