"""What is learnt from labelled text: character n-grams, a linear head, and how to judge it. Needs numpy, nothing else."""
