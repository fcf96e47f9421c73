"""The conformance kit: what a vendor's recorded events get wrong, and what they have not shown yet."""
