"""The HTTP gateway: events of installations over the network, acknowledged when Kafka has them."""
