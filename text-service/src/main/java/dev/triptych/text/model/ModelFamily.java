package dev.triptych.text.model;

import dev.triptych.modelpackage.ModelPackage;
import java.util.Arrays;
import java.util.Optional;

/** Architectures that text-service runs, by {@code model_type}. */
public enum ModelFamily {
    /** Marian (OPUS-MT): sinusoidal positions, encoder and decoder of one size. */
    MARIAN("marian", Kind.SEQ2SEQ, "translation"),
    /** M2M100 (also NLLB): Pre-LN, sinusoidal positions. */
    M2M_100("m2m_100", Kind.SEQ2SEQ, "translation"),
    /** T5: relative positions inside the graph, heads of a size of their own. */
    T5("t5", Kind.SEQ2SEQ, "text2text-generation"),
    /** BART: learned positions, forced first and last tokens. */
    BART("bart", Kind.SEQ2SEQ, "text2text-generation"),
    /** mBART: BART with Pre-LN and language codes. */
    MBART("mbart", Kind.SEQ2SEQ, "translation"),
    /** GPT-2: learned positions. */
    GPT2("gpt2", Kind.CAUSAL, "text-generation"),
    /** Llama: rotary positions, grouped keys and values. */
    LLAMA("llama", Kind.CAUSAL, "text-generation"),
    /** Qwen2: Llama with biases on queries, keys and values. */
    QWEN2("qwen2", Kind.CAUSAL, "text-generation"),
    /** Qwen3: Llama with normalized queries and keys. */
    QWEN3("qwen3", Kind.CAUSAL, "text-generation"),
    /** BERT: an encoder alone. */
    BERT("bert", Kind.ENCODER, "feature-extraction"),
    /** Longformer: a window of attention, so texts are padded to a multiple of it. */
    LONGFORMER("longformer", Kind.ENCODER, "feature-extraction"),
    /** BigBird: attention by blocks, or full. */
    BIG_BIRD("big_bird", Kind.ENCODER, "feature-extraction"),
    /** The foundry's encoder for long inputs, with attention of any of its kinds inside the graph. */
    TRIPTYCH_LONG("triptych_long", Kind.ENCODER, "feature-extraction");

    private final String modelType;
    private final Kind kind;
    private final String task;

    ModelFamily(String modelType, Kind kind, String task) {
        this.modelType = modelType;
        this.kind = kind;
        this.task = task;
    }

    /** The family of a package; empty where text-service does not serve it. */
    public static Optional<ModelFamily> of(ModelPackage modelPackage) {
        String type = modelPackage.modelType();
        return Arrays.stream(values())
                .filter(family -> family.modelType.equals(type))
                .findFirst();
    }

    public Kind kind() {
        return kind;
    }

    /** What its models are usually for, in Hugging Face's words. */
    public String task() {
        return task;
    }

    /** What a family's graphs do. */
    public enum Kind {
        /** An encoder reads the prompt, a decoder writes the output. */
        SEQ2SEQ,
        /** One decoder continues the prompt. */
        CAUSAL,
        /** An encoder turns a text into hidden states. */
        ENCODER
    }
}
