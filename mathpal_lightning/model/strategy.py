"""Which Lightning strategies train rightly, and FSDP: each process keeps a part of every decoder layer.

FSDP is PyTorch's `fully_shard` (FSDP2), for Lightning's ModelParallelStrategy. A layer is whole only while it is computed
with; NF4's packed bytes are sharded as they are. The embedding, which is the head too, stays whole in each process: it is
frozen, so nothing of it is sent around, and the loss reads it directly.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lightning.pytorch.strategies import DeepSpeedStrategy, FSDPStrategy

from mathpal_lightning.errors import ConfigError
from mathpal_lightning.model.generate import text_decoder

if TYPE_CHECKING:
    from torch.distributed.device_mesh import DeviceMesh

    from mathpal_lightning.compat.transformers import LanguageModel


def require_strategy(strategy: object) -> None:
    """Refuse strategies that hide gradients or weights from the module, which has to weigh and to save them.

    Raises:
        ConfigError: FSDP1 (flat weights of one dtype, no adapter's names) or DeepSpeed (its engine keeps the gradients, which
            would be those of the sum instead of the mean).
    """
    if isinstance(strategy, FSDPStrategy | DeepSpeedStrategy):
        raise ConfigError(
            "`trainer.strategy` auto, ddp or ModelParallelStrategy",
            type(strategy).__name__,
            "Use configs/fsdp.yaml where a model is too large for one GPU, configs/ddp.yaml where it is not.",
        )


def shard_layers(model: LanguageModel, device_mesh: DeviceMesh) -> None:
    """Shard every decoder layer over the processes, in place.

    Args:
        model: a PEFT model with its adapter; every trained weight lies in a decoder layer.
        device_mesh: Lightning's, with the dimensions `data_parallel` and `tensor_parallel`.

    Raises:
        ConfigError: tensors were to be split too, or weights outside the layers are trained.
    """
    from torch.distributed.fsdp import fully_shard

    if device_mesh["tensor_parallel"].size() > 1:
        raise ConfigError(
            "`data_parallel_size` of all processes and `tensor_parallel_size: 1` of ModelParallelStrategy",
            f"a tensor_parallel_size of {device_mesh['tensor_parallel'].size()}",
            "Set both, as configs/fsdp.yaml does.",
        )
    mesh, decoder = device_mesh["data_parallel"], text_decoder(model)
    inside = {weight for layer in decoder.layers for weight in layer.parameters()}
    outside = {weight for weight in model.parameters() if weight not in inside}
    if any(weight.requires_grad for weight in outside):
        raise ConfigError(
            "an adapter on decoder layers alone for ModelParallelStrategy",
            "trained weights outside of them",
            "Set `model.finetune: lora`, or train with `trainer.strategy: ddp`.",
        )
    for layer in decoder.layers:
        fully_shard(layer, mesh=mesh)
    fully_shard(decoder, mesh=mesh, ignored_params=outside)
