"""Files as a way in: a mapping says what their rows mean, and a report says what became of each."""
