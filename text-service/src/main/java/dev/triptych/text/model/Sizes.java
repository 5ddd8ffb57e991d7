package dev.triptych.text.model;

import dev.triptych.modelpackage.ConfigFile;
import dev.triptych.modelpackage.ModelPackageException;
import dev.triptych.text.model.EncoderModel.EncoderShape;

/**
 * Reads sizes from a {@code config.json}. Hugging Face leaves a value out where it is the default of the family's
 * configuration class, so every key comes with that default.
 */
final class Sizes {

    /** Relative positions have no end of their own. */
    private static final int UNBOUNDED = Integer.MAX_VALUE;

    private final ConfigFile config;

    Sizes(ConfigFile config) {
        this.config = config;
    }

    /** Sizes of an encoder–decoder model. */
    Seq2SeqShape seq2seq(ModelFamily family) {
        return switch (family) {
            case MARIAN -> encoderDecoder(58101, 1024, 12, 16, 1024);
            case M2M_100 -> encoderDecoder(128112, 1024, 12, 16, 1024);
            case BART, MBART -> encoderDecoder(50265, 1024, 12, 16, 1024);
            case T5 -> t5();
            default -> throw new IllegalArgumentException(family + " is no encoder–decoder family");
        };
    }

    /** Sizes of a decoder-only model. */
    CausalShape causal(ModelFamily family) {
        return switch (family) {
            case GPT2 -> gpt2();
            case LLAMA -> grouped(32000, 4096, size("num_attention_heads", 32), 0, 2048);
            case QWEN2 -> grouped(151936, 4096, 32, 0, 32768);
            case QWEN3 -> grouped(151936, 4096, 32, 128, 32768);
            default -> throw new IllegalArgumentException(family + " is no decoder-only family");
        };
    }

    /** Sizes of an encoder alone. */
    EncoderShape encoder(ModelFamily family, int padTokenId) {
        int hidden = size("hidden_size", 768);
        return switch (family) {
            case LONGFORMER ->
                // As in RoBERTa the first positions belong to the padding.
                new EncoderShape(
                        size("vocab_size", 30522),
                        hidden,
                        size("max_position_embeddings", 512) - padTokenId - 1,
                        attentionWindow());
            case BIG_BIRD ->
                new EncoderShape(
                        size("vocab_size", 50358),
                        hidden,
                        size("max_position_embeddings", 4096),
                        config.string("attention_type").orElse("block_sparse").equals("block_sparse")
                                ? size("block_size", 64)
                                : 1);
            default -> new EncoderShape(size("vocab_size", 30522), hidden, size("max_position_embeddings", 512), 1);
        };
    }

    /** One number, or one for each layer. */
    private int attentionWindow() {
        int window = config.integers("attention_window").stream()
                .mapToInt(Integer::intValue)
                .max()
                .orElse(512);
        if (window < 2) {
            throw new ModelPackageException("config.json: attention_window must be at least 2, got " + window);
        }
        return window;
    }

    private Seq2SeqShape encoderDecoder(int vocabSize, int hiddenSize, int layers, int heads, int positions) {
        int hidden = size("d_model", hiddenSize);
        int headCount = size("decoder_attention_heads", heads);
        int vocabulary = config.integer("decoder_vocab_size").orElseGet(() -> size("vocab_size", vocabSize));
        return new Seq2SeqShape(
                vocabulary,
                hidden,
                size("decoder_layers", layers),
                headCount,
                divided("d_model", hidden, "decoder_attention_heads", headCount),
                size("max_position_embeddings", positions));
    }

    private Seq2SeqShape t5() {
        int layers = size("num_layers", 6);
        return new Seq2SeqShape(
                size("vocab_size", 32128),
                size("d_model", 512),
                size("num_decoder_layers", layers),
                size("num_heads", 8),
                size("d_kv", 64),
                UNBOUNDED);
    }

    private CausalShape gpt2() {
        int headCount = size("n_head", 12);
        return new CausalShape(
                size("vocab_size", 50257),
                size("n_layer", 12),
                headCount,
                divided("n_embd", size("n_embd", 768), "n_head", headCount),
                size("n_positions", 1024));
    }

    /** @param headSize the default; 0 where it follows from the width */
    private CausalShape grouped(int vocabSize, int hiddenSize, int keyValueHeads, int headSize, int positions) {
        int heads = size("num_attention_heads", 32);
        int given = config.integer("head_dim").orElse(headSize);
        int size = given > 0
                ? given
                : divided("hidden_size", size("hidden_size", hiddenSize), "num_attention_heads", heads);
        return new CausalShape(
                size("vocab_size", vocabSize),
                size("num_hidden_layers", 32),
                size("num_key_value_heads", keyValueHeads),
                size,
                size("max_position_embeddings", positions));
    }

    int size(String key, int otherwise) {
        int value = config.integer(key).orElse(otherwise);
        if (value < 1) {
            throw new ModelPackageException("config.json: " + key + " must be at least 1, got " + value);
        }
        return value;
    }

    private static int divided(String key, int value, String partsKey, int parts) {
        if (value % parts != 0) {
            throw new ModelPackageException(
                    "config.json: " + key + " " + value + " must be a multiple of " + partsKey + " " + parts);
        }
        return value / parts;
    }
}
