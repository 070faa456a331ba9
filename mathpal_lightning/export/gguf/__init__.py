"""Merged folder -> GGUF file, with its Ollama Modelfile."""
