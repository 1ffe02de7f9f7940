"""What the bot costs and how fast it answers: ``python -m benchmarks [NAME …]`` prints one JSON line for each bench."""
