"""The question: the Python language, the immutable specification (JSON) and the shape of an answer."""
