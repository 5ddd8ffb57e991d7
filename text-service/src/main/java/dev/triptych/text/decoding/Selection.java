package dev.triptych.text.decoding;

/** What a strategy made of one row. */
public sealed interface Selection {

    /**
     * The next token.
     *
     * @param tokenId which
     * @param logProb its log-probability under the model, before any processor
     */
    record Chosen(int tokenId, double logProb) implements Selection {}

    /** The model's scores are no numbers: its graph or its weights are broken. */
    record Broken(String reason) implements Selection {

        public static final Broken NAN = new Broken("the model's logits contain NaN");

        public static Broken infinite(float logit) {
            return new Broken("the model's largest logit is " + logit);
        }
    }
}
