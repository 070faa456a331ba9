"""Vietnamese school mathematics: the programme of 2018 (strands.yaml) and the generators of its topics."""
