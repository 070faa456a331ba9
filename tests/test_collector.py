"""The collector rests for a block, and goes on as it was."""

import gc
from contextlib import suppress

from mathpal_lightning.collector import collector_at_rest


def test_it_rests_and_goes_on():
    with collector_at_rest():
        assert not gc.isenabled()
        with collector_at_rest():
            assert not gc.isenabled()
        assert not gc.isenabled()
    assert gc.isenabled()
    with suppress(ValueError), collector_at_rest():
        raise ValueError
    assert gc.isenabled()
