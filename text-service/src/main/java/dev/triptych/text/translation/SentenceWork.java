package dev.triptych.text.translation;

import dev.triptych.text.runtime.TokenStream;
import dev.triptych.text.translation.guard.Fault;
import dev.triptych.text.translation.protection.MarkedText;
import dev.triptych.text.translation.protection.SentenceShape;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * One sentence until it is translated: tries one {@link Attempt} after the other until nothing is lost that must
 * survive and no guard complains, and keeps the best. Owned by its run's serial executor.
 */
final class SentenceWork implements TextAssembly.Part {

    private final MarkedText source;
    private final SentenceShape shape;
    private final UnaryOperator<String> encoding;
    private final Deque<Attempt> plan;
    private final Retries retries;
    private final LiveText text;
    private final StringBuilder taken = new StringBuilder();
    private final TimingSum timing = new TimingSum();
    private final Set<String> warnings = new TreeSet<>();
    private final Attempt first;
    private List<String> alternatives = List.of();
    private List<Passage> passages = List.of();
    private @Nullable Attempt attempt;
    private @Nullable Candidate best;
    private boolean triedAgain;
    private @Nullable TokenStream stream;
    private boolean settled;

    /** What a guard's complaint leads to. */
    enum Retries {
        /** A warning. */
        NONE,
        /** An attempt in halves. */
        HALVES,
        /** An attempt with beams before that. */
        BEAMS_AND_HALVES
    }

    SentenceWork(MarkedText source, TextAssembly.Style style) {
        this.source = source;
        this.encoding = style.encoding();
        this.retries = style.retries();
        this.shape = SentenceShape.of(source, style.target(), style.mnemonics());
        this.plan = new ArrayDeque<>(Attempt.of(shape.words()));
        this.first = plan.getFirst();
        this.text = new LiveText(shape);
    }

    MarkedText source() {
        return source;
    }

    /**
     * The passages of the next attempt; empty when there is none left whose passages are short enough for the model.
     *
     * @param encoder prompt ids of a text; {@code null} where it is too long
     */
    List<Passage> next(Function<String, @Nullable List<Integer>> encoder) {
        for (Attempt next = plan.poll(); next != null; next = plan.poll()) {
            List<Passage> encoded = new ArrayList<>();
            for (String prompt : next.prompts()) {
                List<Integer> ids = encoder.apply(prompt);
                if (ids == null) {
                    break;
                }
                encoded.add(new Passage(this, ids, next == first, next.careful()));
            }
            if (encoded.size() == next.prompts().size()) {
                passages = encoded;
                attempt = next;
                return encoded;
            }
        }
        return List.of();
    }

    /** Whether a passage's text can be shown as it comes: it is the translation. */
    boolean live(Passage passage) {
        return passage.first() && source.spans().isEmpty() && shape.growsInPlace();
    }

    /** Adds a token's text; the first token opens the stream. */
    void token(int tokenId, Supplier<TokenStream> streams) {
        TokenStream current = stream;
        if (current == null) {
            current = streams.get();
            stream = current;
        }
        text.append(current.add(tokenId));
    }

    /** Takes an ended passage. Returns whether the sentence needs another attempt. */
    boolean ended(Passage passage) {
        timing.add(passage.result().timing());
        if (passages.stream().anyMatch(other -> !other.finished())) {
            return false;
        }
        Attempt made = Objects.requireNonNull(attempt, "a passage belongs to an attempt");
        List<String> outputs = passages.stream().map(Passage::text).toList();
        if (stream != null) {
            finishStream(Candidate.of(made, passages, outputs.getFirst(), shape.words()));
            return false;
        }
        Optional<Candidate> candidate =
                made.join(outputs).map(joined -> Candidate.of(made, passages, joined.strip(), shape.words()));
        candidate.filter(next -> best == null || next.betterThan(best)).ifPresent(next -> best = next);
        if (best != null && best.faults().isEmpty()) {
            keepBest();
            return false;
        }
        if (candidate.isPresent() || plan.isEmpty()) {
            planAgain(made);
        }
        return true;
    }

    /** What was heard cannot be taken back. */
    private void finishStream(Candidate heard) {
        text.append(Objects.requireNonNull(stream).end());
        text.end(!heard.truncated());
        best = heard;
        settle(heard);
    }

    /** The first sound attempt that a guard complains about decides how to go on. */
    private void planAgain(Attempt made) {
        if (triedAgain) {
            return;
        }
        triedAgain = true;
        plan.clear();
        if (retries != Retries.NONE) {
            plan.addAll(Attempt.again(made, shape.words(), retries == Retries.BEAMS_AND_HALVES));
        }
    }

    /** Ends the sentence with the best that the attempts made; as it is where each of them lost something. */
    void keepBest() {
        Candidate kept = best;
        if (kept == null) {
            text.whole(source.replaced());
            warnings.add(Fault.UNTRANSLATED.warning());
            passages = List.of();
            settled = true;
            return;
        }
        text.whole(shape.fit(kept.text(), !kept.truncated()));
        settle(kept);
    }

    private void settle(Candidate kept) {
        passages = kept.passages();
        kept.faults().forEach(fault -> warnings.add(fault.warning()));
        if (kept.attempt().inPieces()) {
            warnings.add(Translation.PIECES);
        }
        alternatives = kept.passages().size() == 1 ? others(kept) : List.of();
        settled = true;
    }

    private List<String> others(Candidate kept) {
        return kept.passages().getFirst().others().stream()
                .flatMap(other -> kept.attempt().join(List.of(other)).stream())
                .map(other -> shape.fit(other.strip(), true))
                .toList();
    }

    /** The passages whose texts make the translation. */
    List<Passage> passages() {
        return passages;
    }

    Set<String> warnings() {
        return warnings;
    }

    TimingSum timing() {
        return timing;
    }

    /** How many sequences there are behind the best. */
    @Override
    public int alternatives() {
        return alternatives.size();
    }

    /** The text of a sequence behind the best; the best's where there are not so many. */
    @Override
    public String alternative(int index) {
        return index < alternatives.size() ? encoding.apply(alternatives.get(index)) : taken.toString();
    }

    @Override
    public String takeText() {
        String ready = encoding.apply(text.take());
        taken.append(ready);
        return ready;
    }

    @Override
    public boolean settled() {
        return settled;
    }
}
