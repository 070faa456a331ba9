"""The packages of the wheel: ours, and the configs, which stand beside the package in a clone and inside it once installed."""

from setuptools import find_namespace_packages, setup

setup(
    packages=[*find_namespace_packages(include=["mathpal_lightning*"]), "mathpal_lightning.configs"],
    package_dir={"mathpal_lightning.configs": "configs"},
)
