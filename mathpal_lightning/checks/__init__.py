"""Built objects -> findings: what would go wrong with a run. Loads nothing by itself, so that `mathpal doctor` is light."""
