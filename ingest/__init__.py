"""Events and reference data in: contracts, Kafka, landing, files, and the simulator."""
