"""Every artefact compared with the model that was trained."""
