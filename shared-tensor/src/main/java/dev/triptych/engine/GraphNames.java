package dev.triptych.engine;

/**
 * The names of the inputs and outputs of text graphs: those of Hugging Face's ONNX layout (Optimum) and, for
 * fused step graphs, those that {@code docs/models.md} adds.
 */
public final class GraphNames {

    public static final String INPUT_IDS = "input_ids";
    public static final String ATTENTION_MASK = "attention_mask";
    public static final String TOKEN_TYPE_IDS = "token_type_ids";

    /** 1 for tokens that attend to all and are attended to by all, int64 {@code [batch, length]}. */
    public static final String GLOBAL_ATTENTION_MASK = "global_attention_mask";

    public static final String POSITION_IDS = "position_ids";
    public static final String LAST_HIDDEN_STATE = "last_hidden_state";
    public static final String ENCODER_HIDDEN_STATES = "encoder_hidden_states";
    public static final String ENCODER_ATTENTION_MASK = "encoder_attention_mask";
    public static final String LOGITS = "logits";
    public static final String PAST_LENGTHS = "past_lengths";
    public static final String SOURCE_LENGTHS = "source_lengths";
    public static final String BEST_IDS = "best_ids";
    public static final String BEST_LOG_PROBS = "best_log_probs";
    public static final String DECODER_INPUT_IDS = "decoder_input_ids";
    public static final String LENGTH_LOGITS = "length_logits";
    public static final String BEST_MARGINS = "best_margins";

    /** Of a merged decoder: whether there is a past. */
    public static final String USE_CACHE_BRANCH = "use_cache_branch";

    private GraphNames() {}

    /** The weights of a decoder layer's cross-attention, {@code [batch, heads, target, source]}. */
    public static String crossAttention(int layer) {
        return "cross_attentions." + layer;
    }

    /** A cache that a decoder takes, such as {@code past_key_values.0.decoder.key}. */
    public static String past(int layer, Attention attention, Part part) {
        return "past_key_values." + layer + "." + attention.text + "." + part.text;
    }

    /** A cache that a decoder gives, such as {@code present.0.encoder.value}. */
    public static String present(int layer, Attention attention, Part part) {
        return "present." + layer + "." + attention.text + "." + part.text;
    }

    /** A cache that a decoder-only graph takes, such as {@code past_key_values.0.key}. */
    public static String past(int layer, Part part) {
        return "past_key_values." + layer + "." + part.text;
    }

    /** A cache that a decoder-only graph gives, such as {@code present.0.value}. */
    public static String present(int layer, Part part) {
        return "present." + layer + "." + part.text;
    }

    /** Which attention of a decoder layer a cache belongs to. */
    public enum Attention {
        /** Over the tokens generated so far. */
        SELF("decoder"),
        /** Over the encoder's output. */
        CROSS("encoder");

        private final String text;

        Attention(String text) {
            this.text = text;
        }
    }

    /** What is cached. */
    public enum Part {
        KEY("key"),
        VALUE("value");

        private final String text;

        Part(String text) {
            this.text = text;
        }
    }
}
