package dev.triptych.text.model;

import dev.triptych.modelpackage.ConfigFile;
import dev.triptych.modelpackage.ModelPackageException;

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
        };
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
