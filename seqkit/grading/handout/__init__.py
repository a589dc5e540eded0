"""What is handed out: an assignment, its secret, the notebooks for students and for nbgrader, personal questions."""
