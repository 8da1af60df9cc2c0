"""Which language model each type of business is given, and who answers where that is another than the configured one."""
