package dev.triptych.text.generation;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The non-autoregressive decoders that a model has beside its autoregressive one.
 *
 * @param ctc connectionist temporal classification
 * @param maskPredict iterative refinement
 * @param speculative whether the drafts of ctc can be verified
 * @param scoring whether the autoregressive decoder can score whole outputs of ctc
 */
public record ParallelDecoders(
        Optional<Ctc> ctc, Optional<MaskPredict> maskPredict, boolean speculative, boolean scoring) {

    /** Whose whole outputs nothing scores. */
    public ParallelDecoders(Optional<Ctc> ctc, Optional<MaskPredict> maskPredict, boolean speculative) {
        this(ctc, maskPredict, speculative, false);
    }

    /** A model that only decodes token by token. */
    public static final ParallelDecoders NONE = new ParallelDecoders(Optional.empty(), Optional.empty(), false);

    /** Names of the strategies that there are, whether or not a model has their decoders. */
    public static final List<String> ALL_STRATEGIES =
            List.of("greedy", "beam", "sample", "ctc", "mask-predict", "speculative", "auto");

    private static final List<String> ALWAYS = List.of("greedy", "beam", "sample");

    /**
     * A decoder that gives a distribution for each of {@code upsampling} frames of every source token.
     *
     * @param upsampling frames for each source token
     * @param blank the token that stands for none
     */
    public record Ctc(int upsampling, int blank) {}

    /**
     * A decoder that fills masked places of an output whose length another graph predicts.
     *
     * @param mask the token that stands for a place to fill
     * @param iterations refinement passes where a request names none
     * @param lengthCandidates lengths that are tried side by side where a request names none
     */
    public record MaskPredict(int mask, int iterations, int lengthCandidates) {}

    /** Names of the strategies that the model can be asked for. */
    public List<String> strategies() {
        List<String> names = new ArrayList<>(ALWAYS);
        ctc.ifPresent(decoder -> names.add("ctc"));
        maskPredict.ifPresent(decoder -> names.add("mask-predict"));
        if (speculative) {
            names.add("speculative");
        }
        return names;
    }
}
