"""How a config of another trainer trains: SFT, a preference loss or GRPO, and what the keys of each method have become here.

Axolotl and LLaMA-Factory name the method by a key (`rl`, `stage`). TRL names it by the trainer that the file is given to, so it
is read off the keys that only that trainer has. Methods that are not here, and files that could mean several, are refused: a
run by another method than the file's would be a wrong result without a word.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from mathpal_lightning.commands.old_values import count, real, whole
from mathpal_lightning.commands.older_keys import Became
from mathpal_lightning.errors import ConfigError
from mathpal_lightning.schema.words import Objective

Content = Mapping[str, object]
PREFERENCE_LOSSES = ("sigmoid", "robust", "hinge", "ipo", "apo_zero", "apo_down", "sigmoid_norm", "simpo", "orpo", "sft")
SMOOTHED = {"sigmoid", "robust", "sigmoid_norm", "simpo"}
POLICY_LOSSES = ("grpo", "dr_grpo", "dapo", "gspo")
NAMED_BY = ("rl", "rlhf_type", "stage")
"""Keys that name the method; the first of them wins."""
_NAMES: dict[str, tuple[Objective, str]] = {
    "sft": ("sft", ""),
    "dpo": ("dpo", ""),
    "ipo": ("dpo", "ipo"),
    "orpo": ("dpo", "orpo"),
    "simpo": ("dpo", "simpo"),
    "grpo": ("grpo", ""),
}
_TITLES = {"kto": "KTO", "rm": "a reward model", "rloo": "RLOO", "cpo": "CPO", "ppo": "PPO", "gkd": "distillation"}
"""Methods that are not here."""
_SIGNS = {
    "kto": ("desirable_weight", "undesirable_weight", "kto_desirable_weight", "kto_undesirable_weight", "kto_chosen_weight"),
    "rm": ("center_rewards_coefficient", "reward_model", "process_reward_model"),
    "rloo": ("normalize_advantages", "reward_clip_range", "rloo_k"),
    "ppo": ("num_ppo_epochs", "vf_coef", "kl_coef", "reward_model_path", "sft_model_path"),
    "gkd": ("lmbda", "seq_kd", "teacher_model_name_or_path"),
    "cpo": ("cpo_alpha",),
    "simpo": ("simpo_gamma",),
    "orpo": ("orpo_alpha",),
    "grpo": (
        *("num_generations", "num_iterations", "epsilon", "epsilon_high", "reward_funcs", "reward_weights", "scale_rewards"),
        *("importance_sampling_level", "mask_truncated_completions", "steps_per_generation", "top_entropy_quantile"),
    ),
    "dpo": (
        *("precompute_ref_log_probs", "loss_weights", "f_divergence_type", "ld_alpha", "use_weighting", "discopop_tau"),
        *("reference_free", "rpo_alpha", "label_smoothing", "dpo_beta", "dpo_loss", "pref_beta", "pref_loss", "rl_beta"),
    ),
}
"""Keys that only the trainers of one method have; a config that was saved whole has keys of later lines as well."""
_LOSSES_OF = {
    "kto": ("kto", "apo_zero_unpaired"),
    "cpo": ("alphapo",),
    "simpo": ("simpo",),
    "orpo": ("orpo",),
    "grpo": (*POLICY_LOSSES, "bnpo", "cispo", "sapo", "luspo", "vespo"),
    "sft": ("nll", "dft", "chunked_nll"),
}
"""Values of `loss_type` that only one method has; any other is a preference loss."""
_SHARED = ("beta", "max_prompt_length", "max_completion_length")
"""Keys that SFT has not, and that the other methods share."""
_OF_SFT = (
    *("packing", "sample_packing", "completion_only_loss", "assistant_only_loss", "train_on_inputs", "dataset_text_field"),
    *("train_on_responses_only", "base_model"),
)
_NAME_IT = "Add the method to the file, or as --arguments: `rl: dpo`, `ipo`, `orpo`, `simpo`, `grpo` or `sft`."


class Method(NamedTuple):
    """How a file trains."""

    objective: Objective
    loss: str = ""
    """The preference loss that the method's name means; empty where `loss_type` says it."""
    sign: str = ""
    """The key that tells; empty where none does."""


_NO_CUT = Became(why="a longer problem is refused and counted, never cut: data.max_length")
_WITH_SFT = Became("model.preference.loss", lambda _: None, "joined to model.preference.loss, as the weight of sft")
_LOSS = Became("model.preference.loss", lambda _: None, "joined to model.preference.loss")
_NO_PART = Became(why="the preference losses here have no such part")
_DRAWN = Became(why="solutions are drawn from the model's whole distribution at model.policy.temperature")
_BY_ITSELF = Became(why="solutions are drawn by the model that is trained, in its own process")
_REWARDS = Became(why="rewards are the judge's; your own functions (question, gold, solution) -> number: model.policy.rewards")
_CLIP = Became(
    "model.policy.clip", lambda _: None, "joined to model.policy.clip where updates is above 1: a first one is never clipped"
)
_A_DRAW = Became(why="a draw is a batch: data.batch_size problems, model.policy.updates steps")
_BETA = Became("model.preference.beta", real, "of preference training")
_SMOOTHING = Became("model.preference.label_smoothing", real)
_OF_PREFERENCE: dict[tuple[str, ...], Became] = {
    ("beta", "dpo_beta", "pref_beta", "rl_beta"): _BETA,
    ("loss_type", "pref_loss", "dpo_loss", "loss_weights"): _LOSS,
    ("rpo_alpha", "pref_ftx", "dpo_ftx", "cpo_alpha"): _WITH_SFT,
    ("label_smoothing", "dpo_label_smoothing"): _SMOOTHING,
    ("simpo_gamma",): Became("model.preference.simpo_margin", real),
    ("max_prompt_length", "max_completion_length"): _NO_CUT,
    ("precompute_ref_log_probs", "precompute_ref_batch_size"): Became(why="the reference scores each pair once, and keeps it"),
    ("f_divergence_type", "f_alpha_divergence_coef", "ld_alpha", "use_weighting", "dpo_use_weighting"): _NO_PART,
    ("discopop_tau", "reference_free", "sync_ref_model", "ref_model_mixup_alpha", "ref_model_sync_steps"): _NO_PART,
}
_OF_POLICY: dict[tuple[str, ...], Became] = {
    ("beta", "rl_beta"): Became("model.policy.kl", real, "of reinforcement: the divergence from the reference"),
    ("num_generations",): Became("model.policy.group_size", whole),
    ("num_iterations",): Became("model.policy.updates", count),
    ("temperature",): Became("model.policy.temperature", real, "when solutions are drawn; scores are greedy"),
    ("loss_type",): Became("model.policy.loss", lambda name: name),
    ("importance_sampling_level",): Became(why="model.policy.loss says it: gspo takes whole solutions, the others tokens"),
    ("scale_rewards",): Became(why="model.policy.loss says it: all but dr_grpo divide by the group's deviation"),
    ("epsilon", "epsilon_high"): _CLIP,
    ("max_completion_length", "max_new_tokens"): Became("model.max_new_tokens", whole),
    ("max_prompt_length",): _NO_CUT,
    ("reward_funcs", "reward_weights"): _REWARDS,
    ("mask_truncated_completions",): Became(why="a solution that was cut earns 0, or the lowest reward of its group"),
    ("log_completions",): Became(why="every solution and its reward are in rollouts.jsonl"),
    ("top_p", "top_k", "min_p", "repetition_penalty", "do_sample"): _DRAWN,
    ("use_vllm", "vllm_mode", "vllm_gpu_memory_utilization", "vllm_server_host", "vllm_server_port"): _BY_ITSELF,
    ("steps_per_generation", "generation_batch_size"): _A_DRAW,
}
PREFERENCE = {name: became for names, became in _OF_PREFERENCE.items() for name in names}
POLICY = {name: became for names, became in _OF_POLICY.items() for name in names}
_ANYWHERE = {"temperature", "max_new_tokens", "top_p", "top_k", "min_p", "repetition_penalty", "do_sample"}
"""Keys of POLICY that mean something else outside of it."""
_FOREIGN = Became(why="of another method than the file's")
_ONE_LOSS = Became(why="SFT has one loss: the mean over the supervised tokens")
KEYS_OF: dict[Objective, dict[str, Became]] = {
    "sft": dict.fromkeys(PREFERENCE.keys() | POLICY.keys() - _ANYWHERE, _FOREIGN) | {"loss_type": _ONE_LOSS},
    "dpo": dict.fromkeys(POLICY.keys() - _ANYWHERE, _FOREIGN) | PREFERENCE | {"orpo_alpha": _BETA},
    "grpo": dict.fromkeys(PREFERENCE, _FOREIGN) | POLICY,
}
"""What the keys of methods have become, by the objective of the file."""


def objective_named(name: object) -> Objective:
    """The objective that the name of a method means; `method_of` has refused names without one."""
    return _NAMES[str(name).lower()][0]


def method_of(content: Content) -> Method:
    """How a file trains.

    Raises:
        ConfigError: by a method that is not here, or by one of several that the file does not tell apart.
    """
    given = {key for key, value in content.items() if value is not None and not (value is False and key in _SIGNS["rm"])}
    for key in NAMED_BY:
        if key in given and content[key] is not False:
            return _method(str(content[key]).lower(), key, f"{key}: {content[key]}")
    losses = _listed(content.get("loss_type"))
    for name, keys in _SIGNS.items():
        sign = next((key for key in keys if key in given), None)
        by_loss = next((loss for loss in losses if loss in _LOSSES_OF.get(name, ())), None)
        if name == "cpo" and sign and "simpo" in losses:
            continue
        if sign or by_loss:
            return _method(name, sign or "loss_type", sign or f"loss_type: {by_loss}")
    if losses:
        return Method("sft" if losses[0] in _LOSSES_OF["sft"] else "dpo", sign="loss_type")
    if shared := [key for key in _SHARED if key in given]:
        found = f"{' and '.join(shared)}, which SFT has not, and no key that tells DPO, ORPO, KTO and GRPO apart"
        raise ConfigError("a config that says how it trains", found, _NAME_IT)
    return Method("sft", sign=next((key for key in _OF_SFT if key in given), ""))


def _method(name: str, key: str, shown: str) -> Method:
    if name not in _NAMES:
        found = f"{shown} ({_TITLES[name]})" if name in _TITLES else shown
        raise ConfigError("a config for SFT, DPO, IPO, ORPO, SimPO or GRPO", found, f"No other method is here. {_NAME_IT}")
    objective, loss = _NAMES[name]
    return Method(objective, loss, key)


def joined(method: Method, settings: Mapping[str, object], content: Content) -> tuple[dict[str, object], dict[str, str]]:
    """The settings with those that several keys of a method make together, and remarks on what no key says.

    Raises:
        ConfigError: a loss that is not here.
    """
    if method.objective == "sft":
        return dict(settings), {} if method.sign else {"model.objective: sft": f"no key tells another method. {_NAME_IT}"}
    remarks = {} if method.sign in NAMED_BY else {f"model.objective: {method.objective}": f"{method.sign} is a key of it"}
    whole_of = {**settings, "model.objective": method.objective}
    if "model.learning_rate" not in settings:
        whole_of["model.learning_rate"] = 5e-5 if method.sign == "stage" else 1e-6  # LLaMA-Factory's, and TRL's
        remarks["model.learning_rate"] = "the other trainer's own, since the file has none; our default is one of SFT"
    further, said = _preference(method, whole_of, content) if method.objective == "dpo" else _policy(whole_of, content)
    return {key: value for key, value in further.items() if value is not None}, remarks | said


def _preference(method: Method, settings: Mapping[str, object], content: Content) -> tuple[dict[str, object], dict[str, str]]:
    """The losses with their weights. What is None is taken out."""
    named = next((content[key] for key in ("loss_type", "pref_loss", "dpo_loss") if content.get(key)), method.loss)
    losses = _listed(method.loss or named) or ["sigmoid"]
    if unknown := [loss for loss in losses if loss not in PREFERENCE_LOSSES]:
        _refuse_loss(", ".join(unknown), PREFERENCE_LOSSES, "sigmoid is plain DPO")
    given = content.get("loss_weights")
    numbers = [real(weight) for weight in given] if isinstance(given, list | tuple) and given else [1.0] * len(losses)
    weights = dict(zip(losses, numbers, strict=True))
    remarks = {}
    usual = 1.0 if losses == ["simpo"] and "pref_loss" not in content else 0.0  # of TRL's CPOConfig, which has simpo
    key, extra = next(((key, content[key]) for key in _sft_keys(content)), ("cpo_alpha", usual))
    if share := real(extra):
        weights["sft"] = weights.get("sft", 0.0) + share
        if key not in content:
            remarks["cpo_alpha: 1.0"] = "TRL's own beside simpo, since the file has none; 0.0 is SimPO as in its paper"
    own: dict[str, object] = {"model.preference.loss": losses[0] if weights == {losses[0]: 1.0} else weights}
    if weights == {"sigmoid": 1.0} and not named:
        own = {}
    if settings.get("model.preference.label_smoothing") and SMOOTHED.isdisjoint(weights):
        own["model.preference.label_smoothing"] = None
        remarks["label_smoothing"] = f"left out, because {' and '.join(weights)} do not use it"
    return {**settings, **own}, remarks


def _sft_keys(content: Content) -> list[str]:
    return [key for key in ("rpo_alpha", "pref_ftx", "dpo_ftx", "cpo_alpha") if content.get(key) is not None]


def _policy(settings: Mapping[str, object], content: Content) -> tuple[dict[str, object], dict[str, str]]:
    """Loss, clip and batch. What is None is taken out."""
    loss, level = content.get("loss_type"), content.get("importance_sampling_level") or "token"
    if level != "token":
        loss = "gspo" if level == "sequence" and loss in (None, "grpo") else f"{loss} with importance_sampling_level {level}"
    if loss is not None and loss not in POLICY_LOSSES:
        _refuse_loss(str(loss), POLICY_LOSSES, "dapo, whose tokens weigh alike, is the nearest to bnpo and cispo")
    own: dict[str, object] = {"model.policy.loss": loss}
    remarks = {} if loss else {"model.policy.loss: dr_grpo": "our default: the file has none, and TRL's depends on its version"}
    scaled = content.get("scale_rewards")
    if scaled is not None and (scaled not in (False, "none", "None")) != (loss not in ("dr_grpo", None)):
        remarks["model.policy.loss"] = f"scale_rewards is {scaled} in the file, and the loss here does as its paper does"
    low, high = content.get("epsilon"), content.get("epsilon_high")
    updates = settings.get("model.policy.updates", 1)
    if (low is not None or high is not None) and updates != 1:
        below = real(low if low is not None else 0.2)  # TRL's own
        own["model.policy.clip"] = [below, real(high) if high is not None else below]
    return {**settings, **own, **_batch(settings, remarks)}, remarks


def _batch(settings: Mapping[str, object], remarks: dict[str, str]) -> dict[str, object]:
    """Problems of a draw: TRL's batch counts solutions, `num_generations` of each problem."""
    solutions, group = settings.get("data.batch_size"), settings.get("model.policy.group_size", 8)
    if not isinstance(solutions, int) or not isinstance(group, int):
        return {}
    windows = settings.get("trainer.accumulate_grad_batches", 1)
    if solutions % group == 0:
        remarks["data.batch_size"] = f"counts problems, each with {group} solutions; the file's counts solutions"
        return {"data.batch_size": solutions // group}
    assert isinstance(windows, int)
    if solutions * windows % group == 0:
        remarks["data.batch_size"] = f"counts problems, each with {group} solutions, and holds the file's {windows} batches"
        return {"data.batch_size": solutions * windows // group, "trainer.accumulate_grad_batches": None}
    remarks["data.batch_size"] = f"left out: {solutions} solutions are no whole number of problems with {group} each"
    return {"data.batch_size": None}


def _refuse_loss(found: str, known: Sequence[str], nearest: str) -> None:
    raise ConfigError(f"a loss among {', '.join(known)}", found, f"Change `loss_type` in the file: {nearest}.")


def _listed(value: object) -> list[str]:
    """One loss, or TRL's list of several."""
    names = value if isinstance(value, list | tuple) else [value]
    return [str(name) for name in names if name]
