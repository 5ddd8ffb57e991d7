package dev.triptych.text.generation;

import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/** How tokens are chosen from the logits. */
public sealed interface Strategy {

    /** The most rows that one request may have in a step, for beams and for samples. */
    int MAX_ROWS = 64;

    /** The name under which clients ask for it. */
    String name();

    /** The most rows that a request has in one step. */
    int rows();

    /** Sequences in the answer. */
    int outputs();

    /** Whether a non-autoregressive draft is verified, in place of generating token by token. */
    default boolean drafted() {
        return false;
    }

    /** Whether all tokens are computed at once, by a decoder of its own. */
    default boolean parallel() {
        return false;
    }

    /** Always the most probable token; the lowest id among equals. */
    record Greedy() implements Strategy {

        @Override
        public String name() {
            return "greedy";
        }

        @Override
        public int rows() {
            return 1;
        }

        @Override
        public int outputs() {
            return 1;
        }
    }

    /**
     * Greedy's tokens, several in a pass: a non-autoregressive draft is verified by the autoregressive decoder, and
     * realigned where they part (Leviathan et al. 2023, arXiv:2211.17192; Xia et al. 2022, arXiv:2203.16487).
     */
    record Speculative() implements Strategy {

        /** The most drafted tokens that a pass verifies. */
        public static final int WINDOW = 24;

        @Override
        public String name() {
            return "speculative";
        }

        @Override
        public int rows() {
            return 1;
        }

        @Override
        public int outputs() {
            return 1;
        }

        @Override
        public boolean drafted() {
            return true;
        }
    }

    /**
     * Whichever is fastest for the load; settled before a request is queued, see {@link StrategyCurves}.
     *
     * @param qualityLoss BLEU points below greedy's that are accepted, from 0 to 100; 0: greedy's ids
     */
    record Auto(double qualityLoss) implements Strategy {

        public Auto {
            Bounds.finite("quality_loss", qualityLoss, 0, 100);
        }

        @Override
        public String name() {
            return "auto";
        }

        @Override
        public int rows() {
            return 1;
        }

        @Override
        public int outputs() {
            return 1;
        }
    }

    /** When beam search gives up on better hypotheses, as {@code early_stopping} of Hugging Face's {@code generate()}. */
    enum EarlyStopping {
        /** As soon as {@code numBeams} hypotheses are finished. */
        TRUE,
        /** When the best live beam, at its present length, scores below the worst finished hypothesis. */
        FALSE,
        /** When the best live beam, at its most favourable length, scores below the worst finished hypothesis. */
        NEVER
    }

    /**
     * The {@code numBeams} likeliest continuations side by side, with the scores of Hugging Face's {@code generate()}.
     *
     * @param numBeams hypotheses kept, from 1 to {@link #MAX_ROWS}; 1 is greedy decoding
     * @param numReturnSequences the best so many are returned, from 1 to {@code numBeams}
     * @param lengthPenalty exponent of the length that a finished hypothesis' log-prob is divided by; 0 is neutral,
     *     positive values favour long outputs (Wu et al. 2016, arXiv:1609.08144, in a simpler form); empty: the model's
     * @param earlyStopping when to give up on better hypotheses; empty: the model's
     * @param numBeamGroups groups that must differ from each other, a divisor of {@code numBeams}; 1 is neutral
     *     (Vijayakumar et al. 2018, arXiv:1610.02424)
     * @param diversityPenalty taken from a token's log-prob for every beam of an earlier group that chose it in the same
     *     step; above 0 with more than one group, else 0
     */
    record Beam(
            int numBeams,
            int numReturnSequences,
            OptionalDouble lengthPenalty,
            Optional<EarlyStopping> earlyStopping,
            int numBeamGroups,
            double diversityPenalty)
            implements Strategy {

        public Beam {
            Bounds.within("num_beams", numBeams, 1, MAX_ROWS);
            Bounds.within("num_return_sequences", numReturnSequences, 1, numBeams);
            lengthPenalty.ifPresent(penalty -> Bounds.finite("length_penalty", penalty, -100, 100));
            Bounds.within("num_beam_groups", numBeamGroups, 1, numBeams);
            Bounds.finite("diversity_penalty", diversityPenalty, 0, 1_000);
            if (numBeams % numBeamGroups != 0) {
                throw new ParameterException(
                        "num_beam_groups",
                        "num_beam_groups must divide num_beams, which is " + numBeams + ", got " + numBeamGroups);
            }
            if (numBeamGroups > 1 == (diversityPenalty == 0)) {
                throw new ParameterException(
                        "diversity_penalty",
                        "diversity_penalty must be above 0 with several beam groups and 0 with one, got "
                                + diversityPenalty + " with " + numBeamGroups);
            }
        }

        /** The best sequence as the model has it, without groups. */
        public static Beam of(int numBeams) {
            return of(numBeams, 1);
        }

        /** The best so many sequences as the model has it, without groups. */
        public static Beam of(int numBeams, int numReturnSequences) {
            return new Beam(numBeams, numReturnSequences, OptionalDouble.empty(), Optional.empty(), 1, 0);
        }

        @Override
        public String name() {
            return "beam";
        }

        @Override
        public int rows() {
            return numBeams;
        }

        @Override
        public int outputs() {
            return numReturnSequences;
        }
    }

    /**
     * Draws from the model's distribution after Hugging Face's filters, in this order.
     *
     * @param temperature divides the logits; 1 is neutral, from 0.0001 to 100
     * @param topK only the so many likeliest tokens; 0 is neutral (Fan et al. 2018, arXiv:1805.04833)
     * @param topP only the likeliest tokens that together have this probability; 1 is neutral (Holtzman et al. 2020,
     *     arXiv:1904.09751)
     * @param minP only tokens at least so probable relative to the likeliest; 0 is neutral (Nguyen et al. 2024,
     *     arXiv:2407.01082)
     * @param typicalP only the tokens nearest to the expected information that together have this probability; 1 is
     *     neutral (Meister et al. 2023, arXiv:2202.00666)
     * @param seed of the draws: the same seed gives the same tokens, whatever else runs
     * @param n sequences in the answer, from 1 to {@code bestOf}
     * @param bestOf sequences drawn, of which the {@code n} with the highest mean log-prob are returned
     */
    record Sample(double temperature, int topK, double topP, double minP, double typicalP, long seed, int n, int bestOf)
            implements Strategy {

        public Sample {
            Bounds.finite("temperature", temperature, 1e-4, 100);
            Bounds.within("top_k", topK, 0, Integer.MAX_VALUE);
            Bounds.finite("top_p", topP, 0, 1);
            Bounds.finite("min_p", minP, 0, 1);
            Bounds.finite("typical_p", typicalP, 0, 1);
            if (typicalP == 0) {
                throw new ParameterException("typical_p", "typical_p must be above 0, got 0");
            }
            Bounds.within("best_of", bestOf, 1, MAX_ROWS);
            Bounds.within("n", n, 1, bestOf);
        }

        /** One sequence from the unfiltered distribution. */
        public static Sample of(long seed) {
            return new Sample(1, 0, 1, 0, 1, seed, 1, 1);
        }

        @Override
        public String name() {
            return "sample";
        }

        @Override
        public int rows() {
            return bestOf;
        }

        @Override
        public int outputs() {
            return n;
        }
    }

    /**
     * All tokens in one pass of a decoder trained with connectionist temporal classification (Graves et al. 2006; for
     * translation Libovický and Helcl 2018, arXiv:1811.04719).
     *
     * @param numBeams 1: the likeliest path, collapsed; more: prefix beam search over so many prefixes (Hannun et al. 2014,
     *     arXiv:1408.2873), to {@link #MAX_ROWS}
     * @param numReturnSequences the best so many are returned, from 1 to {@code numBeams}
     * @param lengthPenalty exponent of the length that a prefix's log-prob is divided by at the end; 0 is neutral; empty:
     *     the model's
     * @param candidates 1: nothing more; more: the beam's likeliest so many outputs are scored by the autoregressive
     *     decoder in one pass, and its likeliest are the answer (noisy parallel decoding; Gu et al. 2018,
     *     arXiv:1711.02281), to {@link #MAX_ROWS}
     */
    record Ctc(int numBeams, int numReturnSequences, OptionalDouble lengthPenalty, int candidates) implements Strategy {

        public Ctc {
            Bounds.within("num_beams", numBeams, 1, MAX_ROWS);
            Bounds.within("candidates", candidates, 1, MAX_ROWS);
            Bounds.within("num_return_sequences", numReturnSequences, 1, candidates > 1 ? candidates : numBeams);
            lengthPenalty.ifPresent(penalty -> Bounds.finite("length_penalty", penalty, -100, 100));
        }

        /** Nothing but the pass itself. */
        public Ctc(int numBeams, int numReturnSequences, OptionalDouble lengthPenalty) {
            this(numBeams, numReturnSequences, lengthPenalty, 1);
        }

        /** The best of so many candidates as the autoregressive decoder sees it. */
        public static Ctc scored(int candidates) {
            return new Ctc(1, 1, OptionalDouble.empty(), candidates);
        }

        /** Whether the autoregressive decoder has the last word. */
        public boolean scored() {
            return candidates > 1;
        }

        /** Prefixes that are kept after each frame. */
        public int width() {
            return Math.max(numBeams, candidates);
        }

        /** The likeliest path. */
        public static Ctc bestPath() {
            return new Ctc(1, 1, OptionalDouble.empty());
        }

        @Override
        public String name() {
            return "ctc";
        }

        @Override
        public int rows() {
            return candidates;
        }

        @Override
        public int outputs() {
            return numReturnSequences;
        }

        @Override
        public boolean parallel() {
            return true;
        }
    }

    /**
     * Fills all places of an output at once, then masks the least certain again and fills those, for a few lengths side by
     * side (Ghazvininejad et al. 2019, arXiv:1904.09324).
     *
     * @param iterations refinement passes, from 1 to {@link #MAX_ITERATIONS}; empty: the model's
     * @param lengthCandidates the likeliest so many lengths, from 1 to {@link #MAX_ROWS}; empty: the model's
     * @param numReturnSequences the best so many are returned
     * @param candidates so many outputs of a CTC decoder's prefix beam are what is refined, in the place of masks, and the
     *     autoregressive decoder chooses among them and what they became; from 2 to half of {@link #MAX_ROWS}, without
     *     {@code lengthCandidates}. Where both are empty, the model decides
     */
    record MaskPredict(
            OptionalInt iterations, OptionalInt lengthCandidates, int numReturnSequences, OptionalInt candidates)
            implements Strategy {

        public static final int MAX_ITERATIONS = 50;

        public MaskPredict {
            iterations.ifPresent(count -> Bounds.within("iterations", count, 1, MAX_ITERATIONS));
            lengthCandidates.ifPresent(count -> Bounds.within("length_candidates", count, 1, MAX_ROWS));
            candidates.ifPresent(count -> Bounds.within("candidates", count, 2, MAX_ROWS / 2));
            Bounds.within(
                    "num_return_sequences",
                    numReturnSequences,
                    1,
                    candidates.orElse(lengthCandidates.orElse(MAX_ROWS)));
            if (candidates.isPresent() && lengthCandidates.isPresent()) {
                throw new ParameterException(
                        "candidates", "candidates of a draft have their lengths: length_candidates must be absent");
            }
        }

        /** From masks, or as the model has it. */
        public MaskPredict(OptionalInt iterations, OptionalInt lengthCandidates, int numReturnSequences) {
            this(iterations, lengthCandidates, numReturnSequences, OptionalInt.empty());
        }

        /** From so many drafts. */
        public static MaskPredict drafted(OptionalInt iterations, int candidates) {
            return new MaskPredict(iterations, OptionalInt.empty(), 1, OptionalInt.of(candidates));
        }

        /** The best sequence as the model has it. */
        public static MaskPredict asTheModelHasIt() {
            return new MaskPredict(OptionalInt.empty(), OptionalInt.empty(), 1);
        }

        @Override
        public String name() {
            return "mask-predict";
        }

        @Override
        public int rows() {
            return candidates.isPresent() ? 2 * candidates.getAsInt() : lengthCandidates.orElse(1);
        }

        @Override
        public int outputs() {
            return numReturnSequences;
        }

        @Override
        public boolean parallel() {
            return true;
        }
    }
}
