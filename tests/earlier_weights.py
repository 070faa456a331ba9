"""Run folders whose GGUF was made from the merged weights, and whose merged weights then changed. Small files, real records."""

from pathlib import Path

from mathpal_lightning.records import digest_of_record, folder_digest, write_record


def run_with_gguf(run: Path, noted: bool = True) -> Path:
    """A run folder with small files in place of merged weights and of the GGUF made from them, and their records.

    Args:
        run: the folder to make.
        noted: the GGUF's record holds the digest of the merged folder's record; those of earlier versions do not.
    """
    merged, gguf = run / "merged", run / "gguf" / "model-q8_0.gguf"
    gguf.parent.mkdir(parents=True)
    merged.mkdir()
    (merged / "model.safetensors").write_bytes(b"weights")
    write_record(merged, {"into": "trained"})
    gguf.write_bytes(b"weights in 8 bits")
    more = {"merged_record": digest_of_record(merged)} if noted else {}
    write_record(gguf, {"merged": folder_digest(merged), "outtype": "q8_0"}, **more)
    return run


def merge_anew(run: Path) -> None:
    """Other weights into merged/, as an export with another `merge_into` writes them."""
    (run / "merged" / "model.safetensors").write_bytes(b"other weights")
    write_record(run / "merged", {"into": "original"})
