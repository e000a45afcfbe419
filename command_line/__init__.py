"""What both programs have in common at the command line: one way to fail, one set of argument types."""
