"""Too little memory, in the words of every library that says so; and nothing else is taken for it."""

from types import SimpleNamespace

import pytest
import torch

from mathpal_lightning.cli.errors import as_one_of_ours
from mathpal_lightning.cli.errors.memory import is_out_of_memory, memory_limit_error


class Settings(SimpleNamespace):
    def items(self):
        return vars(self).items()


CONFIG = SimpleNamespace(
    data=SimpleNamespace(batch_size=4, max_length=1024, num_workers=2),
    model=Settings(
        bits=16, finetune="lora", lora_r=16, gradient_checkpointing=False, keep_dequantized=False, optimizer="adamw",
        loss_chunk=1024, generation_batch_size=32, max_new_tokens=512,
    ),
    trainer=SimpleNamespace(accumulate_grad_batches=1),
)  # fmt: skip
SAID = [
    MemoryError(),
    MemoryError("Unable to allocate 7.45 GiB for an array with shape (1000000000,) and data type float64"),
    torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 GiB"),
    RuntimeError("[enforce fail at alloc_cpu.cpp:127] err == 0. DefaultCPUAllocator: can't allocate memory: you tried to"),
    RuntimeError("could not create a primitive"),
    RuntimeError("could not create a memory object"),
    RuntimeError("could not execute a primitive"),
    RuntimeError("std::bad_alloc"),
    RuntimeError("bad allocation"),
    RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`"),
    RuntimeError("MPS backend out of memory (MPS allocated: 18.08 GB)"),
    RuntimeError("can't start new thread"),
    RuntimeError("DataLoader worker (pid 7) is killed by signal: Killed."),
    SystemError("<built-in function linear> returned NULL without setting an exception"),
    SystemError("error return without exception set"),
    OSError(12, "Cannot allocate memory"),
    ImportError("libarrow_python.so.2600: failed to map segment from shared object"),
]
NOT_SAID = [
    RuntimeError("mat1 and mat2 shapes cannot be multiplied (2x3 and 4x5)"),
    ValueError("out of memory cells in the table"),
    SystemError("bad argument to internal function"),
    OSError(28, "No space left on device"),
    KeyError("badalloc"),
]


@pytest.mark.parametrize("error", SAID, ids=str)
def test_each_is_known(error: Exception):
    assert is_out_of_memory(error)
    refused = as_one_of_ours(error)
    assert refused.exit_code == 11


@pytest.mark.parametrize("error", NOT_SAID, ids=str)
def test_nothing_else_is(error: Exception):
    assert not is_out_of_memory(error)


def test_an_error_raised_from_one_is_known_too():
    def load() -> None:
        try:
            raise MemoryError
        except MemoryError as error:
            raise ValueError("the file cannot be loaded") from error

    with pytest.raises(ValueError, match="loaded") as raised:
        load()
    assert is_out_of_memory(raised.value)


def test_the_settings_to_lower_are_named_with_their_values():
    said = str(memory_limit_error(RuntimeError("could not create a primitive"), CONFIG))
    assert "4 x 1024 tokens a batch" in said
    assert "and then: could not create a primitive" in said
    order = ["`data.batch_size: 2` and `trainer.accumulate_grad_batches: 2`", "`model.gradient_checkpointing: true`"]
    order += ["`model.loss_chunk: 64`", "`model.bits: 4`", "`model.lora_r: 8`", "`data.max_length: 512`"]
    order += ["`model.generation_batch_size: 8`", "`model.model_name` to a smaller Gemma"]
    assert sorted(order, key=said.index) == order
    workers = str(memory_limit_error(RuntimeError("DataLoader worker (pid 7) is killed by signal: Killed."), CONFIG))
    assert "num_workers: 0" in workers
