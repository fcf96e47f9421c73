"""Reads what people answer to a survey in text messages, in Finnish, Swedish and English."""
