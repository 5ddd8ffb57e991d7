package dev.triptych.text.model;

import dev.triptych.modelpackage.ModelPackage;
import java.util.Arrays;
import java.util.Optional;

/** Architectures that text-service runs, by {@code model_type}. */
public enum ModelFamily {
    /** Marian (OPUS-MT): sinusoidal positions, encoder and decoder of one size. */
    MARIAN("marian"),
    /** M2M100 (also NLLB): Pre-LN, sinusoidal positions. */
    M2M_100("m2m_100"),
    /** T5: relative positions inside the graph, heads of a size of their own. */
    T5("t5"),
    /** BART: learned positions, forced first and last tokens. */
    BART("bart"),
    /** mBART: BART with Pre-LN and language codes. */
    MBART("mbart");

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
}
