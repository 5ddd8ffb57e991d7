package dev.triptych.text.api;

import dev.triptych.text.translation.TextListener;
import dev.triptych.text.translation.Translation;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The answer of {@code POST /v1/translations}, and the last event but one of its stream. */
record TranslationReply(String id, String model, String strategy, List<Entry> data, Usage usage) {

    /** One text's translation. */
    record Entry(
            int index,
            String text,
            double score,
            @Nullable List<Integer> tokenIds,
            @Nullable List<LogProb> logprobs,
            @Nullable List<String> alternatives,
            List<String> warnings,
            Timing timing) {}

    /**
     * A generated token's natural log-probability under the model.
     *
     * @param top the likeliest tokens in its place
     */
    record LogProb(int tokenId, double logprob, @Nullable List<LogProb> top) {

        static LogProb of(Translation.TokenLogProb given) {
            List<LogProb> top = given.top().stream()
                    .map(one -> new LogProb(one.tokenId(), one.logProb(), null))
                    .toList();
            return new LogProb(given.token().tokenId(), given.token().logProb(), top.isEmpty() ? null : top);
        }
    }

    /** Sums over the text's sentences. */
    record Timing(double queueMs, double encodeMs, double decodeMs, int steps, int drafted, int accepted) {}

    /** One piece of a stream. */
    record Delta(int index, String delta) {}

    /** A sentence after a refinement pass; the next with its number replaces it. */
    record Refinement(int index, int sentence, int iteration, String refinement) {

        static Refinement of(int index, TextListener.Refinement given) {
            return new Refinement(index, given.sentence(), given.iteration(), given.text());
        }
    }

    static List<Entry> entries(List<Translation> translations, boolean withTokenIds) {
        List<Entry> entries = new ArrayList<>(translations.size());
        for (Translation translation : translations) {
            entries.add(new Entry(
                    entries.size(),
                    translation.text(),
                    translation.score(),
                    withTokenIds ? translation.tokenIds() : null,
                    translation.logProbs().isEmpty()
                            ? null
                            : translation.logProbs().stream().map(LogProb::of).toList(),
                    translation.alternatives().isEmpty() ? null : translation.alternatives(),
                    translation.warnings(),
                    timing(translation.timing())));
        }
        return entries;
    }

    static Usage usage(List<Translation> translations) {
        int prompt = translations.stream().mapToInt(Translation::promptTokens).sum();
        int completion = translations.stream()
                .mapToInt(translation -> translation.tokenIds().size())
                .sum();
        return Usage.of(prompt, completion);
    }

    private static Timing timing(Translation.Timing timing) {
        return new Timing(
                millis(timing.queueNanos()),
                millis(timing.encodeNanos()),
                millis(timing.decodeNanos()),
                timing.steps(),
                timing.drafted(),
                timing.accepted());
    }

    private static double millis(long nanos) {
        return TimeUnit.NANOSECONDS.toMicros(nanos) / 1000.0;
    }
}
