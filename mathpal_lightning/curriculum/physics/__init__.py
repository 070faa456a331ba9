"""A second subject of the same form: physics of grades 6 to 8, in a syllabus.yaml, a strands.yaml and three modules."""
