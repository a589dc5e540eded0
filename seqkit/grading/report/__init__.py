"""Pages for the class, for each student and for the teacher: static HTML, without script."""
