"""Random weights that generate something, golden ids by Hugging Face, and the model folders around them."""

from __future__ import annotations

import logging
import random
from dataclasses import dataclass
from pathlib import Path

import torch
from tokenizers import Tokenizer
from transformers import GenerationConfig, PreTrainedModel

from foundry import graphs
from foundry.fixture_texts import tokenizer_golden, write_json
from foundry.greedy import GraphTranslator, SpecialIds
from foundry.search_fixtures import model_goldens

log = logging.getLogger("foundry.fixtures")


def randomize(model: PreTrainedModel, seed: int, std: float) -> None:
    """Spreads the weights so that outputs differ visibly between inputs."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if parameter.dim() == 2 and "embed_positions" not in name:
                parameter.normal_(0, std, generator=generator)
            elif parameter.dim() == 1 and "norm" not in name.lower():
                parameter.normal_(0, 0.05, generator=generator)
    model.eval()


@dataclass(frozen=True)
class Spread:
    """Standard deviations by kind of matrix, and the factor on the end-of-sequence vector."""

    embedding: float
    query_key: float
    value_out: float
    feed_forward: float
    eos_pull: float
    position: float = 0.0
    seed: int = 5


def diversify(model: PreTrainedModel, spread: Spread, eos: int) -> None:
    """Random weights whose greedy output moves through several tokens and sometimes ends (found by a small search)."""
    generator = torch.Generator().manual_seed(spread.seed)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if parameter.dim() != 2:
                continue
            if "embed_positions" in name or "relative_attention_bias" in name or "wpe" in name:
                if spread.position == 0:
                    continue
                std = spread.position
            elif any(part in name for part in ("embed", "shared", "wte", "lm_head")):
                std = spread.embedding
            elif any(part in name for part in ("q_proj", "k_proj", "Attention.q.", "Attention.k.")):
                std = spread.query_key
            else:
                attention = any(part in name for part in ("proj", "Attention.v.", "Attention.o."))
                std = spread.value_out if attention else spread.feed_forward
            parameter.normal_(0, std, generator=generator)
        model.get_output_embeddings().weight[eos] *= spread.eos_pull
    model.eval()


def safe_length(scores: tuple[torch.Tensor, ...], margin: float) -> int:
    """Number of leading steps whose best token leads by ``margin``: kernels differ in the last bits, ids must not."""
    for step, row in enumerate(scores):
        best = row[0].topk(2).values
        if float(best[0] - best[1]) < margin:
            return step
    return len(scores)


@dataclass(frozen=True)
class Goldens:
    """How golden cases are drawn: prompts from 1 to ``longest`` tokens, ids of prompts from ``first_word`` on."""

    seed: int
    longest: int = 60
    count: int = 48
    first_word: int = 4
    budgets: tuple[int, ...] = (1, 5, 12, 20, 32, 64)


def seq2seq_goldens(model: PreTrainedModel, special: SpecialIds, plan: Goldens) -> list[dict]:
    rng = random.Random(plan.seed)
    cases: list[dict] = []
    while len(cases) < plan.count:
        length = 1 + len(cases) * (plan.longest - 1) // (plan.count - 1)
        words = [rng.randrange(plan.first_word, model.config.vocab_size - 2) for _ in range(length - 1)] + [special.eos]
        budget = rng.choice(plan.budgets)
        result = model.generate(
            torch.tensor([words]), attention_mask=torch.ones(1, length, dtype=torch.long), do_sample=False, num_beams=1,
            max_new_tokens=budget, return_dict_in_generate=True, output_scores=True)
        output = result.sequences[0, 1:].tolist()
        if special.pad in output or safe_length(result.scores, 1e-3) < len(output):
            continue
        if len(output) == 1 and budget > 1 and sum(len(case["output_ids"]) == 1 for case in cases) > 6:
            continue
        cases.append({"input_ids": words, "max_new_tokens": budget, "output_ids": output})
    return cases


def causal_goldens(model: PreTrainedModel, pad: int, plan: Goldens) -> list[dict]:
    rng, cases = random.Random(plan.seed), []
    while len(cases) < plan.count:
        length = 1 + len(cases) * (plan.longest - 1) // (plan.count - 1)
        prompt = [rng.randrange(plan.first_word, model.config.vocab_size) for _ in range(length)]
        budget = rng.choice(plan.budgets)
        result = model.generate(torch.tensor([prompt]), attention_mask=torch.ones(1, length, dtype=torch.long), do_sample=False,
                                num_beams=1, max_new_tokens=budget, pad_token_id=pad, return_dict_in_generate=True, output_scores=True)
        output = result.sequences[0, length:].tolist()
        if safe_length(result.scores, 1e-3) == len(output):
            cases.append({"input_ids": prompt, "max_new_tokens": budget, "output_ids": output})
    return cases


def _check_replay(folder: Path, special: SpecialIds, cases: list[dict]) -> None:
    translator = GraphTranslator(folder, special, threads=1)
    for case in cases:
        arguments = case["input_ids"], case["max_new_tokens"]
        if translator.generate([arguments[0]], arguments[1])[0] != case["output_ids"]:
            raise AssertionError(f"{folder.name}: cached graphs differ from Hugging Face for {case['input_ids']}")
        if translator.generate_uncached(*arguments) != case["output_ids"]:
            raise AssertionError(f"{folder.name}: uncached graph differs from Hugging Face for {case['input_ids']}")
    together = translator.generate([case["input_ids"] for case in cases], 64)
    for case, output in zip(cases, together):
        if output[: len(case["output_ids"])] != case["output_ids"]:
            raise AssertionError(f"{folder.name}: a row depends on its batch: {case['input_ids']}")


def _log_cases(folder: Path, eos: int, cases: list[dict]) -> None:
    ended = sum(case["output_ids"][-1] == eos for case in cases)
    distinct = len({token for case in cases for token in case["output_ids"]})
    log.info("%s: %d cases, %d end with EOS, %d distinct tokens", folder.name, len(cases), ended, distinct)


def save_seq2seq(model: PreTrainedModel, tokenizer: Tokenizer, special: SpecialIds, folder: Path, plan: Goldens,
                 forced: dict[str, int] | None = None) -> None:
    """Writes settings, tokenizer, graphs and goldens; ``forced`` tokens apply to every output, as in ``generate()``."""
    forced = forced or {}
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(folder / "tokenizer.json"))
    tokenizer_golden(tokenizer, folder)
    config = model.config.to_diff_dict() | {"architectures": [type(model).__name__]}
    config |= {"decoder_start_token_id": special.start, "eos_token_id": special.eos, "pad_token_id": special.pad}
    write_json(folder / "config.json", config)
    generation = {"decoder_start_token_id": special.start, "eos_token_id": special.eos, "pad_token_id": special.pad,
                  "max_length": 64, "num_beams": 1, "do_sample": False} | forced
    model.generation_config = GenerationConfig(**generation)
    write_json(folder / "generation_config.json", generation)
    names = {"eos_token": "</s>", "unk_token": "<unk>", "pad_token": "<pad>", "model_max_length": 64}
    write_json(folder / "tokenizer_config.json", {"tokenizer_class": "PreTrainedTokenizerFast"} | names)
    graphs.export_seq2seq(model, folder / "onnx")
    cases = seq2seq_goldens(model, special, plan)
    if not forced:
        _check_replay(folder, special, cases)
    write_json(folder / "golden-greedy.json", cases)
    write_json(folder / "golden-search.json", model_goldens(model, plan.first_word))
    _log_cases(folder, special.eos, cases)


def save_causal(model: PreTrainedModel, tokenizer: Tokenizer, ids: dict[str, int], folder: Path, plan: Goldens,
                tokenizer_config: dict) -> None:
    """Writes settings, tokenizer, graph and goldens of a decoder-only model; ``ids`` are its special tokens."""
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(folder / "tokenizer.json"))
    tokenizer_golden(tokenizer, folder)
    write_json(folder / "config.json", model.config.to_diff_dict() | {"architectures": [type(model).__name__]} | ids)
    generation = ids | {"max_length": 64, "do_sample": False}
    model.generation_config = GenerationConfig(**generation)
    write_json(folder / "generation_config.json", generation)
    write_json(folder / "tokenizer_config.json", {"tokenizer_class": "PreTrainedTokenizerFast"} | tokenizer_config)
    graphs.export_causal(model, folder / "onnx")
    cases = causal_goldens(model, ids.get("pad_token_id", ids["eos_token_id"]), plan)
    write_json(folder / "golden-greedy.json", cases)
    write_json(folder / "golden-search.json", model_goldens(model, plan.first_word))
    _log_cases(folder, ids["eos_token_id"], cases)
