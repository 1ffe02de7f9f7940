"""What is learnt from labelled conversations: n-grams and cues → heads, and which ticket a message belongs to."""
