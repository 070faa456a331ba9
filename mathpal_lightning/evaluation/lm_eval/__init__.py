"""A task folder for lm-evaluation-harness: `lm_eval --include_path <this folder> --tasks mathpal_vi`. Imports no harness."""
