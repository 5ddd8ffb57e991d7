package dev.triptych.text.translation;

import dev.triptych.text.generation.FinishReason;
import dev.triptych.text.generation.GeneratedSequence;
import dev.triptych.text.generation.GenerationEvent.GenerationResult;
import dev.triptych.text.generation.TokenScore;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One text being translated: its parts in order, a cursor for what is submitted next and one for what is settled.
 * Owned by its run's serial executor.
 *
 * <pre>
 *   parts    [ copied | sentence | copied | sentence | sentence | ... ]
 *                         ^ settled up to here          ^ submitted up to here
 * </pre>
 */
final class TextAssembly {

    private final List<Part> parts = new ArrayList<>();
    private final StringBuilder translated = new StringBuilder();
    private int nextToSubmit;
    private int nextToSettle;

    /** A stretch of the translated text. */
    sealed interface Part permits Copied, SentenceWork {

        /** What settled since the last call. */
        String takeText();

        /** Whether no more text will come. */
        boolean settled();

        /** In how many other ways the stretch can be translated. */
        int alternatives();

        /** Another translation; the same where there are not so many. */
        String alternative(int index);
    }

    /** What is the same in every language. */
    record Copied(String takeText) implements Part {

        @Override
        public boolean settled() {
            return true;
        }

        @Override
        public int alternatives() {
            return 0;
        }

        @Override
        public String alternative(int index) {
            return takeText;
        }
    }

    TextAssembly(List<Segment> segments, int maxSentenceChars) {
        for (Segment segment : segments) {
            switch (segment) {
                case Segment.Verbatim verbatim -> parts.add(new Copied(verbatim.text()));
                case Segment.Sentence sentence -> addSentence(sentence.text(), maxSentenceChars);
            }
        }
    }

    /** Bounds what a tokenizer gets to see at once, whatever comes without a full stop. */
    private void addSentence(String sentence, int maxSentenceChars) {
        if (sentence.length() <= Math.max(2, maxSentenceChars)) {
            parts.add(new SentenceWork(sentence));
            return;
        }
        ClauseSplitter.Cut cut = ClauseSplitter.cut(sentence);
        addSentence(sentence.substring(0, cut.leftEnd()), maxSentenceChars);
        parts.add(new Copied(sentence.substring(cut.leftEnd(), cut.rightStart())));
        addSentence(sentence.substring(cut.rightStart()), maxSentenceChars);
    }

    /** The next sentence that was not submitted, {@code null} when there is none left. */
    @Nullable
    SentenceWork nextToSubmit() {
        while (nextToSubmit < parts.size()) {
            if (parts.get(nextToSubmit) instanceof SentenceWork work) {
                return work;
            }
            nextToSubmit++;
        }
        return null;
    }

    /** Moves past the sentence that {@link #nextToSubmit} named. */
    void submitted() {
        nextToSubmit++;
    }

    /** Puts two sentences in place of the one that {@link #nextToSubmit} named, which was too long. */
    void cutNext() {
        SentenceWork work = (SentenceWork) parts.get(nextToSubmit);
        String sentence = work.source();
        ClauseSplitter.Cut cut = ClauseSplitter.cut(sentence);
        parts.set(nextToSubmit, new SentenceWork(sentence.substring(0, cut.leftEnd())));
        parts.addAll(
                nextToSubmit + 1,
                List.of(
                        new Copied(sentence.substring(cut.leftEnd(), cut.rightStart())),
                        new SentenceWork(sentence.substring(cut.rightStart()))));
    }

    /** The text that settled since the last call, in order: nothing behind the first unfinished sentence. */
    String settle() {
        int before = translated.length();
        while (nextToSettle < parts.size()) {
            Part part = parts.get(nextToSettle);
            translated.append(part.takeText());
            if (!part.settled()) {
                break;
            }
            nextToSettle++;
        }
        return translated.substring(before);
    }

    boolean done() {
        return nextToSettle == parts.size();
    }

    /** The whole, once {@link #done}. */
    Translation translation() {
        List<Integer> tokenIds = new ArrayList<>();
        double score = 0;
        int promptTokens = 0;
        boolean truncated = false;
        List<Translation.TokenLogProb> logProbs = new ArrayList<>();
        TimingSum timing = new TimingSum();
        for (Part part : parts) {
            if (part instanceof SentenceWork work) {
                GenerationResult result = work.result();
                tokenIds.addAll(result.tokenIds());
                logProbs.addAll(logProbs(result.sequences().getFirst()));
                score += result.score();
                promptTokens += work.promptTokens();
                truncated |= result.reason() == FinishReason.LENGTH;
                timing.add(result.timing());
            }
        }
        List<String> warnings = truncated ? List.of(Translation.TRUNCATED) : List.of();
        return new Translation(
                translated.toString(), score, tokenIds, promptTokens, warnings, timing.sum(), alternatives(), logProbs);
    }

    /** The so-manieth best of every sentence, joined; each text once. */
    private List<String> alternatives() {
        int count = parts.stream().mapToInt(Part::alternatives).max().orElse(0);
        Set<String> texts = new LinkedHashSet<>();
        for (int i = 0; i < count; i++) {
            StringBuilder text = new StringBuilder();
            for (Part part : parts) {
                text.append(part.alternative(i));
            }
            texts.add(text.toString());
        }
        texts.remove(translated.toString());
        return List.copyOf(texts);
    }

    private static List<Translation.TokenLogProb> logProbs(GeneratedSequence sequence) {
        List<Translation.TokenLogProb> logProbs =
                new ArrayList<>(sequence.logProbs().size());
        for (int i = 0; i < sequence.logProbs().size(); i++) {
            logProbs.add(new Translation.TokenLogProb(
                    new TokenScore(
                            sequence.tokenIds().get(i), sequence.logProbs().get(i)),
                    sequence.topLogProbs().isEmpty()
                            ? List.of()
                            : sequence.topLogProbs().get(i)));
        }
        return logProbs;
    }
}
