"""Tiny random models with golden outputs by Hugging Face and Pillow, for the tests of the Java side."""

from __future__ import annotations

import json
import logging
import random
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageDraw
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import (
    BertConfig, BertModel, GPT2Config, GPT2LMHeadModel, M2M100Config, M2M100ForConditionalGeneration, MarianConfig,
    MarianMTModel, PreTrainedModel, ViTConfig, ViTForImageClassification,
)
from transformers.image_utils import load_image
from transformers.models.vit.image_processing_pil_vit import ViTImageProcessorPil

from foundry import graphs
from foundry.greedy import GraphTranslator, SpecialIds
from foundry.vocabulary import train_tokenizer

log = logging.getLogger("foundry.fixtures")

SENTENCES = [
    "The printer is out of paper.", "Der Drucker hat kein Papier mehr.",
    "Open the file and save a copy under another name.", "Öffnen Sie die Datei und speichern Sie eine Kopie.",
    "Press the button to start the search.", "Drücken Sie den Knopf, um die Suche zu starten.",
    "You can change the color of every window.", "Sie können die Farbe jedes Fensters ändern.",
    "The network connection was lost at 10:42.", "Die Verbindung zum Netz brach um 10:42 ab.",
    "Nothing was found; try a shorter word.", "Es wurde nichts gefunden; suchen Sie ein kürzeres Wort.",
    "The password must have at least 8 characters.", "Das Passwort braucht mindestens 8 Zeichen.",
    "Do you want to delete %s for good?", "Möchten Sie %s endgültig löschen?",
    "Three little birds sat on the fence and sang.", "Drei kleine Vögel saßen auf dem Zaun und sangen.",
    "Hello {name}, you have {count} new messages.", "Hallo {name}, Sie haben {count} neue Nachrichten.",
]
TEXTS = [
    "Open the file.", "Öffnen Sie die Datei!", "Hello  {name}, 100 % of %s is done.", "naïve café – “quoted”", "漢字 and 😀",
    "a\tb\nc", "", "x", "Die Straße heißt „Am Zoo“.",
]


def _write(path: Path, value: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")


def _tokenizer_golden(tokenizer: Tokenizer, folder: Path) -> None:
    cases = []
    for text in TEXTS:
        ids = tokenizer.encode(text).ids
        cases.append({"text": text, "ids": ids, "decoded": tokenizer.decode(ids, skip_special_tokens=True)})
    _write(folder / "golden-tokenizer.json", cases)


def _marian_tokenizer(size: int) -> Tokenizer:
    # Marian's order of specials: end of sequence first, padding (also the start token) last.
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.NFKC()
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always")
    trainer = trainers.UnigramTrainer(vocab_size=size - 1, special_tokens=["</s>", "<unk>"], unk_token="<unk>", show_progress=False)
    tokenizer.train_from_iterator(SENTENCES, trainer)
    tokenizer.add_special_tokens(["<pad>"])
    tokenizer.decoder = decoders.Metaspace(prepend_scheme="always")
    tokenizer.post_processor = processors.TemplateProcessing(single="$A </s>", special_tokens=[("</s>", 0)])
    return tokenizer


def _bert_tokenizer() -> Tokenizer:
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    specials = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    tokenizer.train_from_iterator(SENTENCES, trainers.WordPieceTrainer(vocab_size=250, special_tokens=specials, show_progress=False))
    tokenizer.decoder = decoders.WordPiece()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[("[CLS]", 2), ("[SEP]", 3)])
    return tokenizer


def _gpt2_tokenizer() -> Tokenizer:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=320, special_tokens=["<|endoftext|>"], initial_alphabet=alphabet, show_progress=False)
    tokenizer.train_from_iterator(SENTENCES, trainer)
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer


def _randomize(model: PreTrainedModel, seed: int, std: float) -> None:
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
class _Spread:
    """Standard deviations by kind of matrix, and the factor on the end-of-sequence vector."""

    embedding: float
    query_key: float
    value_out: float
    feed_forward: float
    eos_pull: float


def _diversify(model: PreTrainedModel, spread: _Spread, eos: int) -> None:
    """Random weights whose greedy output moves through several tokens and sometimes ends (found by a small search)."""
    generator = torch.Generator().manual_seed(5)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if parameter.dim() != 2 or "embed_positions" in name:
                continue
            if "embed" in name or "shared" in name:
                std = spread.embedding
            elif "q_proj" in name or "k_proj" in name:
                std = spread.query_key
            else:
                std = spread.value_out if "proj" in name else spread.feed_forward
            parameter.normal_(0, std, generator=generator)
        model.get_output_embeddings().weight[eos] *= spread.eos_pull
    model.eval()


def _safe_length(scores: tuple[torch.Tensor, ...], margin: float) -> int:
    """Number of leading steps whose best token leads by ``margin``: kernels differ in the last bits, ids must not."""
    for step, row in enumerate(scores):
        best = row[0].topk(2).values
        if float(best[0] - best[1]) < margin:
            return step
    return len(scores)


def _seq2seq_goldens(model: PreTrainedModel, special: SpecialIds, seed: int, count: int = 48) -> list[dict]:
    rng = random.Random(seed)
    cases: list[dict] = []
    while len(cases) < count:
        length = 1 + len(cases) * 59 // (count - 1)
        words = [rng.randrange(4, model.config.vocab_size - 2) for _ in range(length - 1)] + [special.eos]
        budget = rng.choice([1, 5, 12, 20, 32, 64])
        result = model.generate(
            torch.tensor([words]), attention_mask=torch.ones(1, length, dtype=torch.long), do_sample=False, num_beams=1,
            max_new_tokens=budget, return_dict_in_generate=True, output_scores=True)
        output = result.sequences[0, 1:].tolist()
        if special.pad in output or _safe_length(result.scores, 1e-3) < len(output):
            continue
        if len(output) == 1 and budget > 1 and sum(len(case["output_ids"]) == 1 for case in cases) > 6:
            continue
        cases.append({"input_ids": words, "max_new_tokens": budget, "output_ids": output})
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


def _save_seq2seq(model: PreTrainedModel, tokenizer: Tokenizer, special: SpecialIds, folder: Path, seed: int, extra: dict) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(folder / "tokenizer.json"))
    _tokenizer_golden(tokenizer, folder)
    config = model.config.to_diff_dict() | {"architectures": [type(model).__name__]} | extra
    _write(folder / "config.json", config)
    generation = {"decoder_start_token_id": special.start, "eos_token_id": special.eos, "pad_token_id": special.pad,
                  "max_length": 64, "num_beams": 1, "do_sample": False}
    _write(folder / "generation_config.json", generation)
    names = {"eos_token": "</s>", "unk_token": "<unk>", "pad_token": "<pad>", "model_max_length": 64}
    _write(folder / "tokenizer_config.json", {"tokenizer_class": "PreTrainedTokenizerFast"} | names)
    graphs.export_seq2seq(model, folder / "onnx")
    cases = _seq2seq_goldens(model, special, seed)
    _check_replay(folder, special, cases)
    _write(folder / "golden-greedy.json", cases)
    ended = sum(case["output_ids"][-1] == special.eos for case in cases)
    distinct = len({token for case in cases for token in case["output_ids"]})
    log.info("%s: %d cases, %d end with EOS, %d distinct tokens", folder.name, len(cases), ended, distinct)


def marian(folder: Path) -> None:
    tokenizer = _marian_tokenizer(200)
    size = tokenizer.get_vocab_size()
    special = SpecialIds(start=size - 1, eos=0, pad=size - 1)
    ids = {"pad_token_id": size - 1, "eos_token_id": 0, "decoder_start_token_id": size - 1, "forced_eos_token_id": None}
    config = MarianConfig(
        vocab_size=size, d_model=32, encoder_layers=2, decoder_layers=2, encoder_attention_heads=4, decoder_attention_heads=4,
        encoder_ffn_dim=64, decoder_ffn_dim=64, max_position_embeddings=128, scale_embedding=True, activation_function="swish",
        attn_implementation="eager", share_encoder_decoder_embeddings=True, **ids)
    model = MarianMTModel(config)
    _diversify(model, _Spread(0.3, 1.2, 0.15, 0.6, 1.9), eos=0)
    model.generation_config.forced_eos_token_id = None
    _save_seq2seq(model, tokenizer, special, folder, 1, ids)


def m2m_100(folder: Path) -> None:
    tokenizer = train_tokenizer(SENTENCES * 3, 360)
    special = SpecialIds(start=2, eos=2, pad=1)
    ids = {"bos_token_id": 0, "pad_token_id": 1, "eos_token_id": 2, "decoder_start_token_id": 2}
    config = M2M100Config(
        vocab_size=tokenizer.get_vocab_size(), d_model=32, encoder_layers=2, decoder_layers=2, encoder_attention_heads=4,
        decoder_attention_heads=4, encoder_ffn_dim=64, decoder_ffn_dim=64, max_position_embeddings=128, scale_embedding=True,
        attn_implementation="eager", **ids)
    model = M2M100ForConditionalGeneration(config)
    _diversify(model, _Spread(0.2, 1.0, 0.2, 0.6, 1.0), eos=2)
    _save_seq2seq(model, tokenizer, special, folder, 2, ids)


def gpt2(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer = _gpt2_tokenizer()
    tokenizer.save(str(folder / "tokenizer.json"))
    _tokenizer_golden(tokenizer, folder)
    ids = {"bos_token_id": 0, "eos_token_id": 0}
    config = GPT2Config(vocab_size=tokenizer.get_vocab_size(), n_positions=128, n_embd=32, n_layer=2, n_head=4,
                        attn_implementation="eager", **ids)
    model = GPT2LMHeadModel(config)
    _randomize(model, 13, 0.25)
    _write(folder / "config.json", model.config.to_diff_dict() | {"architectures": ["GPT2LMHeadModel"]} | ids)
    _write(folder / "generation_config.json", ids | {"max_length": 64, "do_sample": False})
    _write(folder / "tokenizer_config.json", {"tokenizer_class": "PreTrainedTokenizerFast", "eos_token": "<|endoftext|>"})
    graphs.export_causal(model, folder / "onnx")
    rng, cases = random.Random(4), []
    while len(cases) < 24:
        prompt = [rng.randrange(1, config.vocab_size) for _ in range(1 + 2 * len(cases))]
        result = model.generate(torch.tensor([prompt]), do_sample=False, num_beams=1, max_new_tokens=16, pad_token_id=0,
                                return_dict_in_generate=True, output_scores=True)
        output = result.sequences[0, len(prompt):].tolist()
        if _safe_length(result.scores, 1e-3) == len(output):
            cases.append({"input_ids": prompt, "max_new_tokens": 16, "output_ids": output})
    _write(folder / "golden-greedy.json", cases)


def bert(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer = _bert_tokenizer()
    tokenizer.save(str(folder / "tokenizer.json"))
    _tokenizer_golden(tokenizer, folder)
    config = BertConfig(vocab_size=tokenizer.get_vocab_size(), hidden_size=32, num_hidden_layers=2, num_attention_heads=4,
                        intermediate_size=64, max_position_embeddings=64, attn_implementation="eager")
    model = BertModel(config, add_pooling_layer=False)
    _randomize(model, 14, 0.2)
    _write(folder / "config.json", model.config.to_diff_dict() | {"architectures": ["BertModel"]})
    _write(folder / "tokenizer_config.json", {"tokenizer_class": "PreTrainedTokenizerFast", "pad_token": "[PAD]", "model_max_length": 64})
    graphs.export_bert(model, folder / "onnx")
    cases = []
    for text in SENTENCES[:6]:
        ids = tokenizer.encode(text).ids
        with torch.no_grad():
            states = model(input_ids=torch.tensor([ids])).last_hidden_state[0]
        mean = torch.nn.functional.normalize(states.mean(0), dim=0)
        cases.append({"text": text, "input_ids": ids, "mean_pooled_normalized": [round(float(v), 6) for v in mean]})
    _write(folder / "golden-embeddings.json", cases)


def _picture(width: int, height: int, seed: int) -> Image.Image:
    """Smooth colors with hard edges on top, so that every resize filter shows its hand."""
    rows, columns = np.mgrid[0:height, 0:width]
    red = 255 * columns / max(1, width - 1)
    green = 255 * rows / max(1, height - 1)
    blue = 127 + 120 * np.sin(columns / 5 + seed) * np.cos(rows / 7)
    image = Image.fromarray(np.stack([red, green, blue], axis=2).astype(np.uint8), "RGB")
    draw = ImageDraw.Draw(image)
    rng = random.Random(seed)
    for _ in range(6):
        x, y = rng.randrange(width), rng.randrange(height)
        color = (rng.randrange(256), rng.randrange(256), rng.randrange(256))
        draw.rectangle([x, y, x + width // 4, y + height // 5], fill=color)
    return image


def _pictures(folder: Path) -> list[str]:
    folder.mkdir(parents=True, exist_ok=True)
    exif = Image.Exif()
    exif[0x0112] = 6  # orientation: shown turned a quarter to the right
    _picture(40, 30, 1).save(folder / "rgb-40x30.png")
    _picture(33, 17, 2).convert("L").save(folder / "gray-33x17.png")
    _picture(32, 32, 3).save(folder / "exact-32x32.png")
    _picture(5, 71, 4).save(folder / "narrow-5x71.png")
    _picture(1, 1, 5).save(folder / "one-1x1.png")
    _picture(50, 41, 6).quantize(16).save(folder / "palette-50x41.png")
    translucent = _picture(45, 45, 7).convert("RGBA")
    translucent.putalpha(Image.linear_gradient("L").resize((45, 45)))
    translucent.save(folder / "alpha-45x45.png")
    _picture(200, 150, 8).save(folder / "photo-200x150.jpg", quality=92, subsampling=0)
    _picture(61, 90, 9).convert("L").save(folder / "gray-61x90.jpg", quality=92)
    _picture(120, 80, 10).save(folder / "rotated-exif6-120x80.jpg", quality=92, subsampling=0, exif=exif)
    return sorted(path.name for path in folder.iterdir() if path.suffix in (".png", ".jpg"))


def vit(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    labels = ["circle", "square", "triangle", "star", "nothing"]
    config = ViTConfig(image_size=32, patch_size=8, hidden_size=32, num_hidden_layers=2, num_attention_heads=4,
                       intermediate_size=64, id2label=dict(enumerate(labels)), label2id={v: k for k, v in enumerate(labels)},
                       attn_implementation="eager")
    model = ViTForImageClassification(config)
    _randomize(model, 15, 0.2)
    _write(folder / "config.json", model.config.to_diff_dict() | {"architectures": ["ViTForImageClassification"]})
    graphs.export_image_classifier(model, folder / "onnx")
    processor = ViTImageProcessorPil(size={"height": 32, "width": 32}, resample=2)
    settings = {"do_resize": True, "size": {"height": 32, "width": 32}, "resample": 2, "do_rescale": True,
                "rescale_factor": 1 / 255, "do_normalize": True, "image_mean": [0.5] * 3, "image_std": [0.5] * 3}
    _write(folder / "preprocessor_config.json", settings | {"image_processor_type": "ViTImageProcessor"})
    cases = []
    for name in _pictures(folder / "images"):
        # load_image turns by EXIF and converts to RGB, as Hugging Face's pipelines do.
        image = load_image(str(folder / "images" / name))
        pixels = processor(image, return_tensors="pt")["pixel_values"]
        with torch.no_grad():
            logits = model(pixel_values=pixels).logits[0]
        pixels.numpy().astype("<f4").tofile(folder / "images" / f"{name}.f32")
        cases.append({"image": f"images/{name}", "width": image.width, "height": image.height,
                      "pixel_values": f"images/{name}.f32", "shape": list(pixels.shape), "lossless": name.endswith("png"),
                      "logits": [round(float(v), 5) for v in logits], "label": labels[int(logits.argmax())]})
    _write(folder / "golden-classification.json", cases)


def resize(folder: Path) -> None:
    """Raw Pillow resizes: no model, the filters alone."""
    folder.mkdir(parents=True, exist_ok=True)
    filters = {"bilinear": Image.Resampling.BILINEAR, "bicubic": Image.Resampling.BICUBIC, "lanczos": Image.Resampling.LANCZOS,
               "box": Image.Resampling.BOX, "nearest": Image.Resampling.NEAREST}
    cases = []
    for width, height, seed in [(37, 23, 21), (160, 120, 22), (3, 4, 23), (64, 64, 24)]:
        source = f"source-{width}x{height}.png"
        picture = _picture(width, height, seed)
        picture.save(folder / source)
        for to_width, to_height in [(16, 16), (32, 32), (50, 7), (101, 64)]:
            for name, method in filters.items():
                result = f"{width}x{height}-to-{to_width}x{to_height}-{name}.png"
                picture.resize((to_width, to_height), method).save(folder / result)
                cases.append({"source": source, "width": to_width, "height": to_height, "filter": name,
                              "resample": int(method), "result": result})
    _write(folder / "golden-resize.json", cases)


MAKERS = {"marian": marian, "m2m_100": m2m_100, "gpt2": gpt2, "bert": bert, "vit": vit, "resize": resize}


def write_fixtures(out: Path, only: list[str]) -> None:
    """Writes the named fixtures (all by default), each into a folder of its name."""
    torch.manual_seed(0)
    for name in only or list(MAKERS):
        MAKERS[name](out / name)
