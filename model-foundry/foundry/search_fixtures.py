"""Golden files for the search strategies of the Java side, from Hugging Face's own ``generate()`` and processors.

Everything runs on a model that is a table: the logits depend on the last two tokens and the position, so that the Java
tests compute the very same float32 logits without a graph.
"""

from __future__ import annotations

import json
import logging
import math
import random
from pathlib import Path
from typing import Any

import numpy as np
import torch
from transformers import GenerationConfig, GenerationMixin, LogitsProcessor, LogitsProcessorList, PretrainedConfig, PreTrainedModel
from transformers.modeling_outputs import CausalLMOutput

from foundry.diverse_oracle import DiverseSettings, diverse_beam_search

log = logging.getLogger("foundry.search_fixtures")

VOCAB = 24
EOS = 0
PAD = 1
START = 2
POSITIONS = 16


class TableConfig(PretrainedConfig):
    model_type = "triptych-table"
    is_encoder_decoder = False
    num_hidden_layers = 1


class TableModel(PreTrainedModel, GenerationMixin):
    """Logits of a token sequence: ``last[a] + before[b] + position[length % POSITIONS]``, float32, added in this order."""

    config_class = TableConfig

    def __init__(self, tables: dict[str, np.ndarray], eos: list[int]) -> None:
        super().__init__(TableConfig(vocab_size=VOCAB))
        self.generation_config = GenerationConfig(bos_token_id=START, eos_token_id=eos, pad_token_id=PAD)
        for name, table in tables.items():
            self.register_buffer(f"table_{name}", torch.from_numpy(table))
        self.anchor = torch.nn.Parameter(torch.zeros(1))

    def prepare_inputs_for_generation(self, input_ids: torch.Tensor, attention_mask: torch.Tensor | None = None, **_: Any) -> dict[str, Any]:
        return {"input_ids": input_ids}

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor | None = None, **_: Any) -> CausalLMOutput:
        before = input_ids[:, -2] if input_ids.shape[1] > 1 else torch.full_like(input_ids[:, -1], START)
        logits = self.table_last[input_ids[:, -1]] + self.table_before[before]
        logits = logits + self.table_position[input_ids.shape[1] % POSITIONS]
        return CausalLMOutput(logits=logits[:, None, :])


class _Jitter(LogitsProcessor):
    """Noise well above float rounding: a case whose answer it changes is too near a tie to be a golden one."""

    def __init__(self, seed: int) -> None:
        self.generator = torch.Generator().manual_seed(seed)

    def __call__(self, input_ids: torch.LongTensor, scores: torch.FloatTensor) -> torch.FloatTensor:
        return scores + 2e-4 * torch.randn(scores.shape, generator=self.generator)


def _tables(seed: int, eos: list[int], pull: float) -> dict[str, np.ndarray]:
    """Random tables; ``pull`` makes the end of a sequence likelier."""
    rng = np.random.default_rng(seed)
    shapes = {"last": (VOCAB, VOCAB, 1.6), "before": (VOCAB, VOCAB, 1.0), "position": (POSITIONS, VOCAB, 0.7)}
    tables = {name: np.round(rng.normal(0, std, (rows, columns)), 4).astype(np.float32) for name, (rows, columns, std) in shapes.items()}
    tables["last"][:, eos] += pull
    tables["last"][:, PAD] -= 4
    return tables


def settings(vocab: int, eos: int, rng: random.Random) -> list[dict[str, Any]]:
    """What requests ask for, by the names of ``generate()``; about sixty kinds."""
    token = lambda: rng.randrange(4, vocab)  # noqa: E731
    rules: list[dict[str, Any]] = [
        {}, {"repetition_penalty": 1.3}, {"repetition_penalty": 0.8}, {"no_repeat_ngram_size": 1}, {"no_repeat_ngram_size": 2},
        {"no_repeat_ngram_size": 3}, {"min_new_tokens": 5}, {"min_length": 6}, {"forced_bos_token_id": token()},
        {"forced_eos_token_id": eos}, {"bad_words_ids": [[token()], [token(), token()], [eos]]},
        {"suppress_tokens": [token(), token()]}, {"begin_suppress_tokens": [eos, token()]},
        {"repetition_penalty": 1.2, "no_repeat_ngram_size": 2, "min_new_tokens": 4, "forced_eos_token_id": eos},
        {"forced_bos_token_id": token(), "begin_suppress_tokens": [token(), token()], "bad_words_ids": [[token()]]},
    ]
    cases = [dict(rule) for rule in rules]
    for beams in range(2, 7):
        for penalty in (0.2, 1.0, 2.0):
            cases.append({"num_beams": beams, "length_penalty": penalty})
    for early in (True, False, "never"):
        for penalty in (0.0, 0.6, 1.5, -0.5):
            cases.append({"num_beams": rng.choice([2, 3, 4, 5]), "early_stopping": early, "length_penalty": penalty})
    for beams, returned in ((2, 2), (4, 3), (5, 5), (6, 2)):
        cases.append({"num_beams": beams, "num_return_sequences": returned, "early_stopping": rng.choice([True, False])})
    for rule in rules[1:]:
        cases.append({"num_beams": rng.choice([2, 3, 4]), "length_penalty": rng.choice([0.5, 1.0, 1.4])} | rule)
    return cases


def generate_golden(model: PreTrainedModel, inputs: dict[str, torch.Tensor], skip: int, case: dict[str, Any]) -> dict[str, Any] | None:
    """What ``generate()`` makes of a case, without the first ``skip`` tokens; none where it hangs on a near tie."""
    call = dict(do_sample=False, return_dict_in_generate=True, output_scores=True, output_logits=True) | case
    result = model.generate(**inputs, **call)
    for seed in range(3):
        again = model.generate(**inputs, **call, logits_processor=LogitsProcessorList([_Jitter(seed)]))
        if again.sequences.shape != result.sequences.shape or not torch.equal(again.sequences, result.sequences):
            return None
    eos = model.generation_config.eos_token_id
    ends = {eos} if isinstance(eos, int) else set(eos)
    sequences = [_without_padding(row[skip:].tolist(), ends) for row in result.sequences]
    golden = dict(case) | {"output_ids": sequences}
    if case.get("num_beams", 1) > 1:
        if float(result.sequences_scores.min()) < -1e8:
            return None  # Hypotheses that count as impossible are all equal, and torch orders equals as it likes.
        golden["scores"] = [round(float(score), 5) for score in result.sequences_scores]
    else:
        log_probs = [torch.log_softmax(logits[0].float(), -1) for logits in result.logits]
        golden["scores"] = [round(float(sum(row[token] for row, token in zip(log_probs, sequences[0]))), 5)]
    return golden


def model_goldens(model: PreTrainedModel, first_word: int, longest: int = 100) -> list[dict[str, Any]]:
    """Every kind of request over a model, with prompts from 1 to ``longest`` tokens."""
    rng = random.Random(35)
    seq2seq = model.config.is_encoder_decoder
    ends = model.generation_config.eos_token_id
    eos = ends if isinstance(ends, int) else ends[0]
    kinds = settings(model.config.vocab_size, eos, rng)
    rng.shuffle(kinds)
    cases = []
    for place, kind in enumerate(kinds):
        length = 1 + place * (longest - 1) // (len(kinds) - 1)
        for _ in range(8):
            prompt = [rng.randrange(first_word, model.config.vocab_size - 2) for _ in range(length)]
            if seq2seq:
                prompt[-1] = eos
            inputs = {"input_ids": torch.tensor([prompt]), "attention_mask": torch.ones(1, length, dtype=torch.long)}
            case = kind | {"max_new_tokens": max(rng.choice([1, 6, 12, 20]), kind.get("min_new_tokens", 0))}
            golden = generate_golden(model, inputs, 1 if seq2seq else length, case)
            if golden is not None:
                cases.append({"prompt": prompt} | golden)
                break
    return cases


def _without_padding(ids: list[int], ends: set[int]) -> list[int]:
    for place, token in enumerate(ids):
        if token in ends:
            return ids[: place + 1]
    return ids


def _early_stopping_goldens(model: TableModel, rng: random.Random) -> list[dict[str, Any]]:
    """Prompts at which the search goes on for longer where it is never to give up too early."""
    cases: list[dict[str, Any]] = []
    for _ in range(400):
        prompt = [START, rng.randrange(3, VOCAB), rng.randrange(3, VOCAB)]
        common = {"num_beams": rng.choice([2, 3, 4]), "length_penalty": rng.choice([1.0, 1.5, 2.0]), "max_new_tokens": 16}
        inputs = {"input_ids": torch.tensor([prompt]), "attention_mask": torch.ones(1, 3, dtype=torch.long)}
        soon, late = (model.generate(**inputs, do_sample=False, **common, early_stopping=early).tolist() for early in (False, "never"))
        if soon == late:
            continue
        kinds = [generate_golden(model, inputs, 3, common | {"early_stopping": early}) for early in (True, False, "never")]
        cases += [{"prompt": prompt} | kind for kind in kinds if kind is not None]
        if len(cases) >= 24:
            break
    return cases


def _model_and_cases(tables: dict[str, np.ndarray], eos: list[int], cases: list[dict[str, Any]]) -> dict[str, Any]:
    return {"eos": eos, "pad": PAD, "start": START, **{name: _shortest(table) for name, table in tables.items()}, "cases": cases}


def _shortest(values: np.ndarray) -> list:
    """Decimal numbers that read back as the same float32."""
    return [_shortest(row) for row in values] if values.ndim > 1 else [float(str(value)) for value in values]


def _table_goldens(seed: int, eos: list[int], pull: float) -> dict[str, Any]:
    tables = _tables(seed, eos, pull)
    model = TableModel(tables, eos)
    rng = random.Random(seed)
    cases = []
    for length in (1, 1, 1, 4):
        for case in settings(VOCAB, EOS, rng):
            prompt = [START] + [rng.randrange(3, VOCAB) for _ in range(length - 1)]
            case = case | {"max_new_tokens": rng.choice([1, 4, 9, 16])}
            if case.get("min_new_tokens", 0) > case["max_new_tokens"]:
                case["max_new_tokens"] = 16
            inputs = {"input_ids": torch.tensor([prompt]), "attention_mask": torch.ones(1, length, dtype=torch.long)}
            golden = generate_golden(model, inputs, length, case)
            if golden is not None:
                cases.append({"prompt": prompt} | golden)
    cases += _early_stopping_goldens(model, rng)
    longest = max(len(ids) for case in cases for ids in case["output_ids"])
    log.info("table model %d: %d cases, longest output %d", seed, len(cases), longest)
    return _model_and_cases(tables, eos, cases)


def _diverse_goldens(seed: int) -> dict[str, Any]:
    tables = _tables(seed, [EOS], 2.0)
    rng = random.Random(seed)
    cases = []
    while len(cases) < 150:
        groups, size = rng.choice([2, 3, 4]), rng.choice([1, 2, 3])
        chosen = DiverseSettings(
            beams=groups * size, groups=groups, diversity=rng.choice([0.2, 0.7, 2.0]), length_penalty=rng.choice([0.2, 1.0, 1.8]),
            early_stopping=rng.choice([True, False, "never"]), max_new_tokens=rng.choice([2, 3, 5, 8, 14]), eos=EOS, pad=PAD,
            returned=rng.randint(1, groups * size))

        def log_probs(ids: tuple[int, ...], noise: float = 0.0, draw: random.Random | None = None) -> np.ndarray:
            row = tables["last"][ids[-1]] + tables["before"][ids[-2] if len(ids) > 1 else START] + tables["position"][len(ids) % POSITIONS]
            if draw is not None:
                row = row + np.array([draw.gauss(0, noise) for _ in row], dtype=np.float32)
            return row - np.float32(math.log(np.exp(row.astype(np.float64)).sum()))

        answer = diverse_beam_search(log_probs, (START,), chosen)
        shaken = [diverse_beam_search(lambda ids, d=random.Random(s): log_probs(ids, 2e-4, d), (START,), chosen) for s in range(3)]
        if any([ids for ids, _ in other] != [ids for ids, _ in answer] for other in shaken):
            continue
        cases.append({
            "prompt": [START], "num_beams": chosen.beams, "num_beam_groups": groups, "diversity_penalty": chosen.diversity,
            "length_penalty": chosen.length_penalty, "early_stopping": chosen.early_stopping, "max_new_tokens": chosen.max_new_tokens,
            "num_return_sequences": chosen.returned, "output_ids": [list(ids) for ids, _ in answer],
            "scores": [round(score, 5) for _, score in answer]})
    return _model_and_cases(tables, [EOS], cases)


def _processor_goldens(seed: int) -> list[dict[str, Any]]:
    """Random histories and scores through the chain of processors that ``generate()`` would build."""
    rng = random.Random(seed)
    draw = np.random.default_rng(seed)
    model = TableModel(_tables(seed, [EOS], 0), [EOS])
    cases = []
    chains = settings(VOCAB, EOS, rng)[:15] + [
        {"sequence_bias": {(5,): 2.5, (7,): -40.0}, "repetition_penalty": 1.4}, {"temperature": 0.5}, {"temperature": 2.0},
        {"top_k": 1}, {"top_k": 6}, {"top_k": 100}, {"top_p": 0.0}, {"top_p": 0.4}, {"top_p": 0.9}, {"min_p": 0.05}, {"min_p": 0.5},
        {"typical_p": 0.2}, {"typical_p": 0.7}, {"typical_p": 0.95}, {"temperature": 0.7, "top_k": 12, "top_p": 0.8},
        {"temperature": 1.7, "top_k": 15, "top_p": 0.95, "min_p": 0.02, "typical_p": 0.9},
        {"repetition_penalty": 1.2, "suppress_tokens": [6, 9], "temperature": 0.9, "top_p": 0.6},
    ]
    for chain in chains:
        for _ in range(14):
            given = rng.choice([1, 1, 3])
            generated = rng.choice([0, 1, 2, 5, 8])
            limit = max(generated + rng.choice([1, 3]), chain.get("min_new_tokens", 0))
            # Few distinct tokens, so that n-grams and bad words do occur.
            history = [START] + [rng.randrange(3, 9) for _ in range(given + generated - 1)]
            for word in chain.get("bad_words_ids", []):
                if len(word) > 1 and generated > 1 and rng.random() < 0.7:
                    history[-1] = word[0]
            scores = np.round(draw.normal(0, 2.5, VOCAB), 4).astype(np.float32)
            sampling = any(name in chain for name in ("temperature", "top_k", "top_p", "min_p", "typical_p"))
            config = GenerationConfig(**({"eos_token_id": EOS, "pad_token_id": PAD, "do_sample": sampling, "top_k": 0} | chain))
            config, _ = model._prepare_generation_config(config, max_new_tokens=limit)
            model._prepare_special_tokens(config)
            config.max_length = given + limit
            if config.min_new_tokens is not None:
                config.min_length = given + config.min_new_tokens
            processors = model._get_logits_processor(config, input_ids_seq_length=given, device="cpu")
            out = processors(torch.tensor([history]), torch.from_numpy(scores)[None])[0]
            public = dict(chain)
            if "sequence_bias" in public:
                public["logit_bias"] = {str(ids[0]): bias for ids, bias in public.pop("sequence_bias").items()}
            cases.append(public | {
                "given": given, "history": history, "max_new_tokens": limit, "scores": _shortest(scores),
                "processed": [None if math.isinf(value) else round(value, 5) for value in out.tolist()]})
    return cases


def _write(path: Path, value: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, separators=(",", ":")) + "\n", encoding="utf-8")


def write_search_fixtures(out: Path) -> None:
    """Writes the golden files of search and logits processors below ``out``."""
    torch.manual_seed(0)
    _write(out / "golden-one-eos.json", _table_goldens(31, [EOS], 0.7))
    _write(out / "golden-three-eos.json", _table_goldens(32, [EOS, 5, 9], 1.5))
    _write(out / "golden-diverse.json", _diverse_goldens(33))
    _write(out / "golden-processors.json", _processor_goldens(34))
