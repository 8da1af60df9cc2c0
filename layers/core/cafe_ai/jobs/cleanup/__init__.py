"""What is past its time goes: jobs with their files, conversations, the words of the audit."""
