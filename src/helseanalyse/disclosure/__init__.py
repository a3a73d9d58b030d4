"""A raw answer becomes a safe answer; pure rules that do not know the engine."""
