"""The labelled conversations, and the commands that train and judge the shipped triage with them."""
