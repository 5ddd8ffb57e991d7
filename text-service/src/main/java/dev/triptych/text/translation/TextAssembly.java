package dev.triptych.text.translation;

import dev.triptych.text.generation.GeneratedSequence;
import dev.triptych.text.generation.GenerationEvent.GenerationResult;
import dev.triptych.text.generation.TokenScore;
import dev.triptych.text.translation.protection.MarkedText;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
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

    private final Style style;
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

    /**
     * How a text's sentences are taken.
     *
     * @param target the language of the translation
     * @param mnemonics whether {@code &File} is a word with a mnemonic
     * @param encoding how what the model wrote is written into the text
     * @param retries what a guard's complaint leads to
     * @param maxSentenceChars bounds what a tokenizer gets to see at once, whatever comes without a full stop
     */
    record Style(
            Locale target,
            boolean mnemonics,
            UnaryOperator<String> encoding,
            SentenceWork.Retries retries,
            int maxSentenceChars) {}

    TextAssembly(List<Segment> segments, Style style) {
        this.style = style;
        for (Segment segment : segments) {
            switch (segment) {
                case Segment.Verbatim verbatim -> parts.add(new Copied(verbatim.text()));
                case Segment.Sentence sentence -> parts.addAll(cut(sentence.marked()));
            }
        }
    }

    private List<Part> cut(MarkedText sentence) {
        if (!sentence.hasWords()) {
            return List.of(new Copied(style.encoding().apply(sentence.replaced())));
        }
        return sentence.text().length() <= Math.max(2, style.maxSentenceChars())
                ? List.of(new SentenceWork(sentence, style))
                : halves(sentence);
    }

    private List<Part> halves(MarkedText sentence) {
        ClauseSplitter.Cut cut = ClauseSplitter.cut(sentence);
        List<Part> halves = new ArrayList<>(cut(sentence.part(0, cut.leftEnd())));
        halves.add(new Copied(style.encoding().apply(sentence.text().substring(cut.leftEnd(), cut.rightStart()))));
        halves.addAll(cut(sentence.part(cut.rightStart(), sentence.text().length())));
        return halves;
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

    /**
     * Puts two sentences in place of the one that {@link #nextToSubmit} named, which was too long.
     *
     * @return false if it has a single character outside what is never cut
     */
    boolean cutNext() {
        MarkedText sentence = ((SentenceWork) parts.get(nextToSubmit)).source();
        if (sentence.text().codePointCount(0, sentence.text().length()) < 2) {
            return false;
        }
        parts.remove(nextToSubmit);
        parts.addAll(nextToSubmit, halves(sentence));
        return true;
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
        Set<String> warnings = new TreeSet<>();
        List<Translation.TokenLogProb> logProbs = new ArrayList<>();
        TimingSum timing = new TimingSum();
        for (Part part : parts) {
            if (part instanceof SentenceWork work) {
                for (Passage passage : work.passages()) {
                    GenerationResult result = passage.result();
                    tokenIds.addAll(result.tokenIds());
                    logProbs.addAll(logProbs(result.sequences().getFirst()));
                    score += result.score();
                    promptTokens += passage.promptIds().size();
                }
                warnings.addAll(work.warnings());
                timing.add(work.timing());
            }
        }
        return new Translation(
                translated.toString(),
                score,
                tokenIds,
                promptTokens,
                List.copyOf(warnings),
                timing.sum(),
                alternatives(),
                logProbs);
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
