"""Who did what, and when: a tamper-evident log that knows nothing else of ours."""
