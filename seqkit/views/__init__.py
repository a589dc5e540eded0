"""What is seen. Only the face of the kit imports these."""
