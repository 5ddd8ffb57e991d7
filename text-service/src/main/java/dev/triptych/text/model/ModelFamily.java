package dev.triptych.text.model;

import dev.triptych.modelpackage.ConfigFile;
import dev.triptych.modelpackage.ModelPackage;
import dev.triptych.modelpackage.ModelPackageException;
import java.util.Arrays;
import java.util.Optional;

/** Architectures that text-service runs, by {@code model_type}. */
public enum ModelFamily {
    /** Marian (OPUS-MT): sinusoidal positions, encoder and decoder of one size. */
    MARIAN("marian"),
    /** M2M100 (also NLLB): Pre-LN, sinusoidal positions. */
    M2M_100("m2m_100");

    private final String modelType;

    ModelFamily(String modelType) {
        this.modelType = modelType;
    }

    /** The family of a package; empty where text-service does not serve it. */
    public static Optional<ModelFamily> of(ModelPackage modelPackage) {
        String type = modelPackage.modelType();
        return Arrays.stream(values())
                .filter(family -> family.modelType.equals(type))
                .findFirst();
    }

    /**
     * Reads the sizes of a seq2seq model from its {@code config.json}.
     *
     * @throws ModelPackageException naming a key that is missing
     */
    public Seq2SeqShape shape(ConfigFile config) {
        int hiddenSize = required(config, "d_model");
        int headCount = required(config, "decoder_attention_heads");
        if (headCount < 1 || hiddenSize % headCount != 0) {
            throw new ModelPackageException("config.json: d_model " + hiddenSize
                    + " must be a multiple of decoder_attention_heads " + headCount);
        }
        int vocabSize = config.integer("decoder_vocab_size").orElseGet(() -> required(config, "vocab_size"));
        return new Seq2SeqShape(
                vocabSize,
                hiddenSize,
                required(config, "decoder_layers"),
                headCount,
                hiddenSize / headCount,
                required(config, "max_position_embeddings"));
    }

    private static int required(ConfigFile config, String key) {
        return config.integer(key)
                .orElseThrow(() -> new ModelPackageException("config.json must say " + key + " for this family"));
    }
}
