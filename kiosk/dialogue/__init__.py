"""What is asked of citizens, in which words and language."""
