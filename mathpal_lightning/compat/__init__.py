"""What this package relies on in other libraries although they do not promise it: one file a library.

Each file holds the private names and the monkey patches of one library, says why they are needed, and has a guard: where an
installed version lacks the name, the guard raises and names the library, its version and what is gone. So an update cannot make
a run slow or wrong without a word. `guard.py` writes that error. `system.py`, `locks.py` and `leftovers.py` do the same for
operating systems.

The files import their library inside their functions where that library is optional or slow to load. This room imports no
other room but `errors`; every room may import it.
"""
