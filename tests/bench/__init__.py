"""How fast the library is beside what people would use instead, measured in one run on the same payloads."""
