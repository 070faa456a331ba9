"""How much memory, disk, arithmetic and time a run needs, and which settings to lower when there is less.

machine          what is free now: memory and disk
step_memory      a training step, counted on tensors that have a size and no data   (live_bytes, fake_model)
solving_memory   solving problems, counted the same way
counted          both, kept in the cache
process_memory   from those counts to the peak of a whole process, and the largest batch that fits
disk             checkpoints and exports
lower            the one list of settings to lower
ceiling, rates   the arithmetic that a machine can do at best; tokens and seconds of real steps
"""
