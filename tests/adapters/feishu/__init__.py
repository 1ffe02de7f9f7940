"""The adapter for Feishu: what it reads, what it says, and what it does where things go wrong."""
