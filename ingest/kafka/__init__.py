"""Reading and writing Kafka, by either of its two clients."""
