"""The model's whole path on a card that is not there; prints what it found as one line of JSON.

    python -m tests.gpu.rehearsal gemma3 t4 BASE REFERENCE FOLDER

BASE is a tiny Gemma's folder, REFERENCE the file that `reference` wrote with transformers in float32 in another process, and
FOLDER takes what is written. Unsloth patches transformers for the whole of a process, so each family and card has its own.
"""

import contextlib
import json
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest import mock

import torch
from torch import Tensor

QUESTIONS = ["Tính 2 + 3", "Lan có 5 quả cam"]
LENGTHS = (30, 21, 25)


def documents() -> list[Any]:
    """Three documents of random tokens, all but their first token supervised."""
    from mathpal_lightning.schema import Encoded

    generator = torch.Generator().manual_seed(1)
    rows = [torch.randint(9, 500, (length,), generator=generator).tolist() for length in LENGTHS]
    return [Encoded(ids, [-100, *ids[1:]]) for ids in rows]


def pairs() -> list[Any]:
    """The same as preference pairs: a third is the prompt, a third chosen, a third rejected."""
    from mathpal_lightning.schema import EncodedPair

    made = []
    for document in documents():
        ids, third = document.input_ids, len(document.input_ids) // 3
        segments = [0] * third + [1] * third + [2] * (len(ids) - 2 * third)
        made.append(EncodedPair(ids, [*[-100] * third, *ids[third:]], segments))
    return made


def set_adapter(model: Any) -> None:
    """Give an adapter the same weights whatever names a backend puts before the layers."""
    for name, weight in model.named_parameters():
        if weight.requires_grad and "lora_" in name:
            generator = torch.Generator().manual_seed(zlib.crc32(short(name).encode()))
            weight.data.copy_(torch.randn(weight.shape, generator=generator) * (0.05 if "lora_B" in name else 0.1))


def short(name: str) -> str:
    return name[name.index("layers.") :]


def lora() -> Any:
    from mathpal_lightning.model.load import LORA_TARGETS, Lora

    return Lora(4, 8.0, 0.0, LORA_TARGETS, rslora=False, dora=False)


def trained(model: Any) -> tuple[float, dict[str, Tensor]]:
    """The loss a token of a training step, and its gradients."""
    from mathpal_lightning.data import collate
    from mathpal_lightning.model.scoring import score_solutions

    model.zero_grad()
    loss, count = score_solutions(model, collate([documents()], 0), 1024)
    (loss / count).backward()
    gradients = {short(name): weight.grad.clone() for name, weight in model.named_parameters() if weight.requires_grad}
    return loss.item() / count, gradients


def preferred(model: Any) -> Tensor:
    """The log-probabilities of chosen and rejected completions, after a step of DPO's gradient."""
    from mathpal_lightning.data.collate import collate_pairs
    from mathpal_lightning.model.scoring import score_pairs

    scored = score_pairs(model, collate_pairs([pairs()], 0), 1024, share_prompts=False)
    both = torch.stack([scored.chosen, scored.rejected])
    torch.nn.functional.softplus(-0.1 * (both[0] - both[1])).sum().backward()
    return both.detach()


def written(model: Any, base: Path, on_a_card: bool = False) -> list[list[int]]:
    """Solutions; with the loop that a card takes, though its tensors are on a CPU here."""
    from mathpal_lightning.chat import load_tokenizer
    from mathpal_lightning.model import decode_fixed, generate

    loop = decode_fixed.write_fixed if on_a_card else generate.write_growing
    with mock.patch.object(generate, "write_growing", loop):
        return generate.generate_ids(model, load_tokenizer(base), QUESTIONS, 12, 2)


def reference(base: Path, file: Path) -> None:
    """Write what transformers computes in float32, and in the dtypes of the cards, whose rounding is the measure."""
    from mathpal_lightning.model.half import compute_in_half
    from mathpal_lightning.model.load import add_lora, load_base

    found: dict[str, Any] = {}
    for name, dtype in (("float32", torch.float32), ("t4", torch.float16), ("h100", torch.bfloat16)):
        model = load_base(base, "transformers", 16, dtype, "cpu")
        if dtype == torch.float16:
            compute_in_half(model)
        model = add_lora(model, "transformers", lora())
        set_adapter(model)
        model.train()
        with autocast(name):
            loss, gradients = trained(model)
            found[name] = {"loss": loss, "gradients": gradients}
            found[name] |= {"pairs": preferred(model), "written": written(model, base)} if name == "float32" else {}
    torch.save(found, file)


@contextlib.contextmanager
def autocast(card: str) -> Iterator[None]:
    """What Lightning's plugin does around a step: bf16-mixed on an H100, nothing on a T4."""
    with torch.autocast("cpu", torch.bfloat16, enabled=card == "h100"):
        yield


def error(found: dict[str, Tensor], expected: dict[str, Tensor]) -> float:
    """The relative error of all gradients together."""
    names = sorted(expected)
    assert sorted(found) == names, "the adapter has other layers"
    one, other = (torch.cat([each[name].flatten().float() for name in names]) for each in (found, expected))
    return float((one - other).norm() / other.norm())


def leak(model: Any, card: str, training: bool) -> str:
    """What preflight's own check of law 5 says, with two rows."""
    from mathpal_lightning.checks.leak import check_documents
    from mathpal_lightning.model.generate import evaluation_mode, training_mode
    from mathpal_lightning.model.scoring import hidden_states

    module: Any = SimpleNamespace(model=model, device=torch.device("cpu"))
    module.hidden_states = lambda rows: hidden_states(model, rows)
    flex = model.config.get_text_config()._attn_implementation == "flex_attention"  # on a CPU it has no gradients
    with (training_mode if training else evaluation_mode)(model), autocast(card), torch.set_grad_enabled(training and not flex):
        return check_documents(module, documents(), 0, rows=2).level


def rehearse(family: str, card: str, base: Path, file: Path, folder: Path) -> dict[str, Any]:
    """Load, check, train, go on from an adapter, solve."""
    from mathpal_lightning.model.attention import attention_of
    from mathpal_lightning.model.generate import text_decoder
    from mathpal_lightning.model.load import add_lora, checkpoint_activations, load_base
    from mathpal_lightning.model.precision import base_dtype, resolve_precision

    cuda = torch.device("cuda:0")
    precision = resolve_precision("auto", "bf16-mixed", cuda, "unsloth", family)
    expected = torch.load(file, weights_only=True)
    model = load_base(base, "unsloth", 16, base_dtype(precision), "cpu")
    found: dict[str, Any] = {
        "precision": precision,
        "attention": [computed_attention(model), attention_of("unsloth", family, cuda)],
        "products": str(text_decoder(model).layers[0].self_attn.q_proj.weight.dtype),
    }
    model = add_lora(model, "unsloth", lora())
    set_adapter(model)
    found["leak"] = [leak(model, card, training) for training in (False, True)]
    use_sdpa_for_flex(model)  # flex_attention has no backward pass on a CPU
    model.train()
    residual: list[Tensor] = []
    hooks = [layer.register_forward_hook(lambda part, given, out: residual.append(out)) for layer in text_decoder(model).layers]
    with autocast(card):
        loss, gradients = trained(model)
        found["residual"] = str((residual[-1][0] if isinstance(residual[-1], tuple) else residual[-1]).dtype)
        for hook in hooks:
            hook.remove()
        checkpoint_activations(model)
        found["checkpointed"] = error(trained(model)[1], gradients)
        checkpoint_activations(model, wanted=False)
        scores = preferred(model)
        found["written"] = [written(model, base, on_a_card) == expected["float32"]["written"] for on_a_card in (False, True)]
    found["loss"] = [loss, expected["float32"]["loss"]]
    found["gradients"] = [error(gradients, expected[kind]["gradients"]) for kind in ("float32", card)]
    found["rounding"] = error(expected[card]["gradients"], expected["float32"]["gradients"])
    found["pairs"] = float((scores - expected["float32"]["pairs"]).norm() / expected["float32"]["pairs"].norm())
    model.save_pretrained(folder / "adapter")
    again = add_lora(load_base(base, "unsloth", 16, base_dtype(precision), "cpu"), "unsloth", lora(), folder / "adapter")
    checkpoint_activations(again, wanted=False)
    use_sdpa_for_flex(again)
    again.train()
    found["left on"] = [name for name, part in again.named_modules() if getattr(part, "gradient_checkpointing", False)]
    with autocast(card):
        found["from adapter"] = error(trained(again)[1], gradients)
    if card == "h100" or family in ("gemma3", "gemma4"):  # the others are left to transformers on a T4
        found["export"] = faults_of_export(model, base, folder)
        found["4 bits"] = in_four_bits(base, base_dtype(precision)) if card == "t4" else None
    return found


def computed_attention(model: Any) -> str:
    """How a bare model computes attention, whatever its config calls it, as `attention_of` names it."""
    from mathpal_lightning.compat.transformers import CAPPED
    from mathpal_lightning.data import collate
    from mathpal_lightning.model.scoring import hidden_states
    from tests.model.test_precision import Dtypes

    name = model.config.get_text_config()._attn_implementation
    if name in ("flex_attention", CAPPED):  # without a card we cap the scores of Gemma 2 ourselves
        return "sdpa" if name == CAPPED else name
    with torch.no_grad(), Dtypes() as found:
        hidden_states(model, collate([documents()], 0))
    dtypes = {pair[0] for name, pairs in found.seen.items() if name.startswith("_scaled_dot_product") for pair in pairs}
    if not dtypes:
        return "eager"
    in_float32 = dtypes == {torch.float32} and next(model.parameters()).dtype == torch.float16
    return "sdpa_in_float32" if in_float32 else "sdpa"


def faults_of_export(model: Any, base: Path, folder: Path) -> list[str]:
    """What a verification says against the merged weights of a trained model, in the process whose libraries are patched."""
    from mathpal_lightning.chat import load_tokenizer
    from mathpal_lightning.export import merge_adapter, verify_export, write_adapter
    from mathpal_lightning.export.verify import probe

    adapter = write_adapter(model, folder / "written", load_tokenizer(base), str(base))
    with mock.patch.object(probe, "MAX_ANSWER_TOKENS", 2):
        checks = verify_export(adapter, merge_adapter(adapter, folder / "merged")).checks
    return [f"{check.artefact}: {check.name} {check.value}" for check in checks if not check.ok]


def in_four_bits(base: Path, dtype: torch.dtype) -> list[float]:
    """The loss of a step in 4 bits, and with `keep_dequantized`, and how far their gradients are apart.

    Unsloth quantises on a GPU alone, so its layers are quantised here, as bitsandbytes does it while a model loads.
    """
    from bitsandbytes.nn import Linear4bit, Params4bit

    from mathpal_lightning.model.load import add_lora, keep_dequantized, load_base
    from mathpal_lightning.model.quantization import stays_whole

    losses, gradients = [], []
    for keep in (False, True):
        model = load_base(base, "unsloth", 16, dtype, "cpu")
        for name, layer in list(model.named_modules()):
            if isinstance(layer, torch.nn.Linear) and not stays_whole(name):
                four_bit = Linear4bit(layer.in_features, layer.out_features, bias=False, compute_dtype=dtype, quant_type="nf4")
                weight = Params4bit(layer.weight.data, requires_grad=False, compress_statistics=True, quant_type="nf4")
                four_bit.weight = weight.to("cpu")
                model.set_submodule(name, four_bit)
        if keep:
            keep_dequantized(model)
        model = add_lora(model, "unsloth", lora())
        set_adapter(model)
        model.train()
        loss, found = trained(model)
        losses.append(loss)
        gradients.append(found)
    return [*losses, error(gradients[1], gradients[0])]


def use_sdpa_for_flex(model: Any) -> None:
    configs = [part.config for part in model.modules() if getattr(part, "config", None) is not None]
    for config in configs:
        if getattr(config, "_attn_implementation", None) == "flex_attention":
            config._attn_implementation = "sdpa"


if __name__ == "__main__":
    from tests.gpu.cards import CARDS, import_unsloth, pretend, set_environment

    family, card, *paths = sys.argv[1:]
    base, file, folder = map(Path, paths)
    torch.set_num_threads(1)
    set_environment(folder / "generated")
    pretend(CARDS[card])
    with contextlib.redirect_stdout(sys.stderr):
        import_unsloth(CARDS[card])
        found = rehearse(family, card, base, file, folder)
    print(json.dumps(found))
