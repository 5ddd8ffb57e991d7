package dev.triptych.text.translation;

import dev.triptych.text.generation.GenerationEvent.GenerationResult;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A text that the model reads in one run, on its way through the engine. Owned by its run's serial executor. */
final class Passage {

    private final SentenceWork work;
    private final List<Integer> promptIds;
    private final boolean first;
    private final boolean careful;
    private @Nullable GenerationResult result;
    private List<String> texts = List.of();

    /**
     * @param first whether it belongs to the sentence's first attempt
     * @param careful as in {@link Attempt#careful}
     */
    Passage(SentenceWork work, List<Integer> promptIds, boolean first, boolean careful) {
        this.work = work;
        this.promptIds = promptIds;
        this.first = first;
        this.careful = careful;
    }

    SentenceWork work() {
        return work;
    }

    List<Integer> promptIds() {
        return promptIds;
    }

    boolean first() {
        return first;
    }

    boolean careful() {
        return careful;
    }

    /** @param sequences the texts of the result's sequences, best first */
    void finish(GenerationResult end, List<String> sequences) {
        result = end;
        texts = List.copyOf(sequences);
    }

    boolean finished() {
        return result != null;
    }

    GenerationResult result() {
        return Objects.requireNonNull(result, "the passage has not ended");
    }

    String text() {
        return texts.getFirst();
    }

    /** The texts of the sequences behind the best. */
    List<String> others() {
        return texts.subList(1, texts.size());
    }
}
