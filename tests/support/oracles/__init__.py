"""Second opinions: what others say of a payload."""
