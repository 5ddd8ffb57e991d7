"""One tiny model of each text family."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import torch
from tokenizers import Tokenizer
from transformers import (
    BartConfig, BartForConditionalGeneration, BertConfig, BertModel, BigBirdConfig, BigBirdModel, GPT2Config, GPT2LMHeadModel,
    LlamaConfig, LlamaForCausalLM, LongformerConfig, LongformerModel,
    M2M100Config, M2M100ForConditionalGeneration, MarianConfig, MarianMTModel, MBartConfig, MBartForConditionalGeneration,
    PreTrainedModel, Qwen2Config, Qwen2ForCausalLM, Qwen3Config, Qwen3ForCausalLM, T5Config, T5ForConditionalGeneration,
)

from foundry import graphs
from foundry.export_fused import write_fused
from foundry.fixture_models import Goldens, Spread, diversify, randomize, save_causal, save_seq2seq
from foundry.fixture_texts import (
    SENTENCES, bert_tokenizer, byte_level_tokenizer, marian_tokenizer, tokenizer_golden, unigram_tokenizer, write_json,
)
from foundry.fused import DECODER, ENCODER
from foundry.greedy import SpecialIds
from foundry.long_inputs.hugging_face import export_long_encoder
from foundry.merge import merge_decoders
from foundry.quantize import quantize_blockwise, store_weights_once
from foundry.vocabulary import train_tokenizer

CHATML = (
    "{%- for message in messages %}{{- '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>\\n' }}{%- endfor %}"
    "{%- if add_generation_prompt %}{{- '<|im_start|>assistant\\n' }}{%- endif %}"
)
SEQ2SEQ_STEMS = ("encoder_model", "decoder_model", "decoder_with_past_model")


def marian(folder: Path) -> PreTrainedModel:
    tokenizer = marian_tokenizer(200)
    size = tokenizer.get_vocab_size()
    special = SpecialIds(start=size - 1, eos=0, pad=size - 1)
    ids = {"pad_token_id": size - 1, "eos_token_id": 0, "decoder_start_token_id": size - 1, "forced_eos_token_id": None}
    config = MarianConfig(
        vocab_size=size, d_model=32, encoder_layers=2, decoder_layers=2, encoder_attention_heads=4, decoder_attention_heads=4,
        encoder_ffn_dim=64, decoder_ffn_dim=64, max_position_embeddings=128, scale_embedding=True, activation_function="swish",
        attn_implementation="eager", share_encoder_decoder_embeddings=True, **ids)
    model = MarianMTModel(config)
    diversify(model, Spread(0.3, 1.2, 0.15, 0.6, 1.9), eos=0)
    save_seq2seq(model, tokenizer, special, folder, Goldens(1))
    return model


def m2m_100_parts() -> tuple[PreTrainedModel, Tokenizer, SpecialIds]:
    tokenizer = train_tokenizer(SENTENCES * 3, 360)
    special = SpecialIds(start=2, eos=2, pad=1)
    ids = {"bos_token_id": 0, "pad_token_id": 1, "eos_token_id": 2, "decoder_start_token_id": 2}
    config = M2M100Config(
        vocab_size=tokenizer.get_vocab_size(), d_model=32, encoder_layers=2, decoder_layers=2, encoder_attention_heads=4,
        decoder_attention_heads=4, encoder_ffn_dim=64, decoder_ffn_dim=64, max_position_embeddings=128, scale_embedding=True,
        attn_implementation="eager", **ids)
    model = M2M100ForConditionalGeneration(config)
    diversify(model, Spread(0.2, 1.0, 0.2, 0.6, 1.0), eos=2)
    return model, tokenizer, special


def m2m_100(folder: Path) -> PreTrainedModel:
    model, tokenizer, special = m2m_100_parts()
    save_seq2seq(model, tokenizer, special, folder, Goldens(2))
    return model


def fused(maker: Callable[[Path], PreTrainedModel], folder: Path) -> None:
    """The same model and goldens with fused graphs in place of the plain ones."""
    model = maker(folder)
    shutil.rmtree(folder / "onnx")
    write_fused(model, folder / "onnx")
    decoders = {"autoregressive": {"fused": [ENCODER, DECODER]}}
    write_json(folder / "triptych.json", {"task": "translation", "source": "en", "target": "de", "decoders": decoders})


def t5(folder: Path) -> None:
    """Heads narrower than hidden size / heads; the weights of all graphs in one file beside them."""
    tokenizer = unigram_tokenizer(200, ["<pad>", "</s>", "<unk>"], "</s>")
    special = SpecialIds(start=0, eos=1, pad=0)
    config = T5Config(
        vocab_size=tokenizer.get_vocab_size(), d_model=32, d_kv=6, d_ff=64, num_layers=2, num_decoder_layers=2, num_heads=4,
        relative_attention_num_buckets=8, relative_attention_max_distance=20, pad_token_id=0, eos_token_id=1,
        decoder_start_token_id=0, attn_implementation="eager")
    model = T5ForConditionalGeneration(config)
    diversify(model, Spread(1.0, 0.5, 0.5, 0.5, 1.4, position=1.0), eos=1)
    save_seq2seq(model, tokenizer, special, folder, Goldens(6, longest=100))
    store_weights_once([folder / "onnx" / f"{stem}.onnx" for stem in SEQ2SEQ_STEMS], "model.onnx_data", smallest=512)


def bart(folder: Path) -> PreTrainedModel:
    """Learned positions, a bias on the logits, forced first and last tokens; also int8 graphs."""
    tokenizer = byte_level_tokenizer(320, ["<s>", "<pad>", "</s>", "<unk>"], "<s>", "</s>")
    special = SpecialIds(start=2, eos=2, pad=1)
    config = BartConfig(
        vocab_size=tokenizer.get_vocab_size(), d_model=32, encoder_layers=2, decoder_layers=2, encoder_attention_heads=4,
        decoder_attention_heads=4, encoder_ffn_dim=64, decoder_ffn_dim=64, max_position_embeddings=128,
        attn_implementation="eager", pad_token_id=1, bos_token_id=0, eos_token_id=2, decoder_start_token_id=2)
    model = BartForConditionalGeneration(config)
    diversify(model, Spread(0.3, 1.2, 0.2, 0.6, 1.0, position=0.3), eos=2)
    model.final_logits_bias.normal_(0, 0.3, generator=torch.Generator().manual_seed(3))
    save_seq2seq(model, tokenizer, special, folder, Goldens(7, longest=100), {"forced_bos_token_id": 0, "forced_eos_token_id": 2})
    for stem in SEQ2SEQ_STEMS:
        quantize_blockwise(folder / "onnx" / f"{stem}.onnx", folder / "onnx" / f"{stem}_quantized.onnx")
    return model


def mbart(folder: Path) -> PreTrainedModel:
    """Language codes as forced first tokens; one merged decoder in place of two."""
    tokenizer = unigram_tokenizer(220, ["<s>", "<pad>", "</s>", "<unk>", "en_XX", "de_DE"], "</s>")
    special = SpecialIds(start=2, eos=2, pad=1)
    config = MBartConfig(
        vocab_size=tokenizer.get_vocab_size(), d_model=32, encoder_layers=2, decoder_layers=2, encoder_attention_heads=4,
        decoder_attention_heads=2, encoder_ffn_dim=64, decoder_ffn_dim=64, max_position_embeddings=128, scale_embedding=True,
        attn_implementation="eager", pad_token_id=1, bos_token_id=0, eos_token_id=2, decoder_start_token_id=2)
    model = MBartForConditionalGeneration(config)
    diversify(model, Spread(0.2, 1.0, 0.2, 0.6, 1.3, position=0.5), eos=2)
    save_seq2seq(model, tokenizer, special, folder, Goldens(8, longest=100, first_word=6), {"forced_bos_token_id": 5})
    merge_decoders(folder / "onnx")
    return model


FUSED = {"marian": marian, "m2m_100": m2m_100, "bart": bart, "mbart": mbart}


def gpt2(folder: Path) -> None:
    tokenizer = byte_level_tokenizer(320, ["<|endoftext|>"])
    ids = {"bos_token_id": 0, "eos_token_id": 0}
    config = GPT2Config(vocab_size=tokenizer.get_vocab_size(), n_positions=128, n_embd=32, n_layer=2, n_head=4,
                        attn_implementation="eager", **ids)
    model = GPT2LMHeadModel(config)
    diversify(model, Spread(0.5, 0.6, 0.5, 0.5, 2.4, position=0.3), eos=0)
    save_causal(model, tokenizer, ids, folder, Goldens(4, longest=100, first_word=1, budgets=(1, 5, 16, 28)),
                {"eos_token": "<|endoftext|>"})


def llama(folder: Path) -> None:
    """Grouped key and value heads, untied output; weights in a file beside the graph."""
    tokenizer = byte_level_tokenizer(320, ["<s>", "</s>", "<unk>"], "<s>")
    ids = {"bos_token_id": 0, "eos_token_id": 1}
    config = LlamaConfig(
        vocab_size=tokenizer.get_vocab_size(), hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=4,
        num_key_value_heads=2, max_position_embeddings=256, attn_implementation="eager", **ids)
    model = LlamaForCausalLM(config)
    diversify(model, Spread(0.5, 0.6, 0.5, 0.5, 1.0), eos=1)
    save_causal(model, tokenizer, ids, folder, Goldens(9, longest=100, first_word=3), {"bos_token": "<s>", "eos_token": "</s>"})
    store_weights_once([folder / "onnx" / "model.onnx"], "model.onnx_data", smallest=512)


def _qwen_tokenizer_config() -> dict:
    return {"eos_token": "<|im_end|>", "pad_token": "<|endoftext|>", "chat_template": CHATML}


def qwen2(folder: Path) -> None:
    """Biases on queries, keys and values, tied output, two end tokens; also an int8 graph."""
    tokenizer = byte_level_tokenizer(320, ["<|endoftext|>", "<|im_start|>", "<|im_end|>"])
    ids = {"pad_token_id": 0, "bos_token_id": 0, "eos_token_id": 2}
    config = Qwen2Config(
        vocab_size=tokenizer.get_vocab_size(), hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=4,
        num_key_value_heads=2, max_position_embeddings=256, tie_word_embeddings=True, attn_implementation="eager", **ids)
    model = Qwen2ForCausalLM(config)
    diversify(model, Spread(0.5, 0.6, 0.5, 0.5, 1.5), eos=2)
    save_causal(model, tokenizer, ids, folder, Goldens(10, longest=100, first_word=3), _qwen_tokenizer_config())
    quantize_blockwise(folder / "onnx" / "model.onnx", folder / "onnx" / "model_quantized.onnx")


def qwen3(folder: Path) -> None:
    """Heads wider than hidden size / heads, normalized queries and keys."""
    tokenizer = byte_level_tokenizer(320, ["<|endoftext|>", "<|im_start|>", "<|im_end|>"])
    ids = {"pad_token_id": 0, "bos_token_id": 0, "eos_token_id": 2}
    config = Qwen3Config(
        vocab_size=tokenizer.get_vocab_size(), hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=4,
        num_key_value_heads=1, head_dim=12, max_position_embeddings=256, tie_word_embeddings=True, attn_implementation="eager", **ids)
    model = Qwen3ForCausalLM(config)
    diversify(model, Spread(0.5, 0.6, 0.5, 0.5, 2.0), eos=2)
    save_causal(model, tokenizer, ids, folder, Goldens(11, longest=100, first_word=3), _qwen_tokenizer_config())


def bert(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer = bert_tokenizer()
    tokenizer.save(str(folder / "tokenizer.json"))
    tokenizer_golden(tokenizer, folder)
    config = BertConfig(vocab_size=tokenizer.get_vocab_size(), hidden_size=32, num_hidden_layers=2, num_attention_heads=4,
                        intermediate_size=64, max_position_embeddings=64, attn_implementation="eager")
    model = BertModel(config, add_pooling_layer=False)
    randomize(model, 14, 0.2)
    write_json(folder / "config.json", model.config.to_diff_dict() | {"architectures": ["BertModel"]})
    write_json(folder / "tokenizer_config.json", {"tokenizer_class": "PreTrainedTokenizerFast", "pad_token": "[PAD]", "model_max_length": 64})
    graphs.export_bert(model, folder / "onnx")
    write_json(folder / "golden-embeddings.json", _embeddings(model, tokenizer, SENTENCES[:6]))


def _embeddings(model: PreTrainedModel, tokenizer: Tokenizer, texts: list[str]) -> list[dict]:
    """Normalized means of Hugging Face's states, one text at a time."""
    cases = []
    for text in texts:
        ids = tokenizer.encode(text).ids
        with torch.no_grad():
            states = model(input_ids=torch.tensor([ids])).last_hidden_state[0, : len(ids)]
        mean = torch.nn.functional.normalize(states.mean(0), dim=0)
        cases.append({"text": text, "input_ids": ids, "mean_pooled_normalized": [round(float(v), 6) for v in mean]})
    return cases


def longformer(folder: Path) -> None:
    """A window of 8, so that texts reach over several windows and end within one."""
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer = byte_level_tokenizer(300, ["<s>", "<pad>", "</s>", "<unk>", "<mask>"], "<s>", "</s>")
    config = LongformerConfig(
        vocab_size=tokenizer.get_vocab_size(), hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=64,
        max_position_embeddings=514, attention_window=[8, 8], type_vocab_size=1, pad_token_id=1, bos_token_id=0, eos_token_id=2, sep_token_id=2)
    _long_encoder(LongformerModel(config, add_pooling_layer=False), tokenizer, folder, {"pad_token": "<pad>", "model_max_length": 512})


def big_bird(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer = bert_tokenizer()
    config = BigBirdConfig(
        vocab_size=tokenizer.get_vocab_size(), hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=64,
        max_position_embeddings=512, block_size=16, num_random_blocks=3)
    _long_encoder(BigBirdModel(config, add_pooling_layer=False), tokenizer, folder, {"pad_token": "[PAD]", "model_max_length": 512})


def _long_encoder(model: PreTrainedModel, tokenizer: Tokenizer, folder: Path, settings: dict) -> None:
    tokenizer.save(str(folder / "tokenizer.json"))
    tokenizer_golden(tokenizer, folder)
    randomize(model, 14, 0.2)
    write_json(folder / "config.json", model.config.to_diff_dict() | {"architectures": [type(model).__name__]})
    write_json(folder / "tokenizer_config.json", {"tokenizer_class": "PreTrainedTokenizerFast"} | settings)
    write_json(folder / "golden-embeddings.json", _embeddings(model, tokenizer, [*SENTENCES[:5], " ".join(SENTENCES[:8])]))
    export_long_encoder(model, folder / "onnx")
