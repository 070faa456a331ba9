"""Merged folder -> GGUF file and its Ollama Modelfile."""
