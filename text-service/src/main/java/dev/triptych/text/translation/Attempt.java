package dev.triptych.text.translation;

import dev.triptych.text.translation.protection.MarkedText;
import dev.triptych.text.translation.protection.MaskStyle;
import dev.triptych.text.translation.protection.Pieces;
import dev.triptych.text.translation.protection.Rendering;
import dev.triptych.text.translation.protection.TagAlignment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One way to have a sentence translated: what the model reads, and what its answers make. */
sealed interface Attempt {

    int LEAST_WORDS_TO_HALVE = 6;

    /** What the model is to read, each by itself; at least one. */
    List<String> prompts();

    /**
     * The translation.
     *
     * @param outputs one for each prompt
     * @return empty if something that must survive did not
     */
    Optional<String> join(List<String> outputs);

    /** The ways to translate a sentence, each tried where those before it lost something. */
    static List<Attempt> of(MarkedText sentence) {
        List<Attempt> attempts = new ArrayList<>();
        TagAlignment.of(sentence).ifPresent(alignment -> attempts.add(new ByWords(alignment)));
        for (MaskStyle style : MaskStyle.values()) {
            Rendering rendering = Rendering.of(sentence, style);
            boolean another =
                    attempts.stream().noneMatch(earlier -> earlier.prompts().equals(List.of(rendering.prompt())));
            if (another) {
                attempts.add(new Whole(rendering));
            }
        }
        if (!sentence.spans().isEmpty()) {
            attempts.add(new InPieces(Pieces.of(sentence)));
        }
        return attempts;
    }

    /** Ways to do better than an attempt that lost nothing and yet went wrong. */
    static List<Attempt> again(Attempt attempt, MarkedText sentence, boolean beams) {
        List<Attempt> again = new ArrayList<>();
        if (beams) {
            again.add(new Careful(attempt));
        }
        if (attempt instanceof Whole && sentence.text().split("\\s+").length >= LEAST_WORDS_TO_HALVE) {
            ClauseSplitter.Cut cut = ClauseSplitter.cut(sentence);
            MarkedText left = sentence.part(0, cut.leftEnd());
            MarkedText right = sentence.part(cut.rightStart(), sentence.text().length());
            if (left.hasWords() && right.hasWords() && left.opensWhatItCloses() && right.opensWhatItCloses()) {
                again.add(new InHalves(
                        Rendering.of(left, MaskStyle.POSITIONS),
                        sentence.text().substring(cut.leftEnd(), cut.rightStart()),
                        Rendering.of(right, MaskStyle.POSITIONS)));
            }
        }
        return again;
    }

    /** Whether the model is to search with beams and repeat no three tokens, whatever the request's strategy is. */
    default boolean careful() {
        return false;
    }

    /** Whether the sentence was not translated as a whole. */
    default boolean inPieces() {
        return false;
    }

    /** The sentence without its tags, and the words that they enclose. */
    record ByWords(TagAlignment alignment) implements Attempt {

        @Override
        public List<String> prompts() {
            return alignment.prompts();
        }

        @Override
        public Optional<String> join(List<String> outputs) {
            return alignment.join(outputs);
        }
    }

    /** The sentence in one run. */
    record Whole(Rendering rendering) implements Attempt {

        @Override
        public List<String> prompts() {
            return List.of(rendering.prompt());
        }

        @Override
        public Optional<String> join(List<String> outputs) {
            return rendering.restore(outputs.getFirst());
        }
    }

    /** What another attempt reads, read with more care. */
    record Careful(Attempt attempt) implements Attempt {

        @Override
        public List<String> prompts() {
            return attempt.prompts();
        }

        @Override
        public Optional<String> join(List<String> outputs) {
            return attempt.join(outputs);
        }

        @Override
        public boolean careful() {
            return true;
        }

        @Override
        public boolean inPieces() {
            return attempt.inPieces();
        }
    }

    /** The sentence cut at a clause. */
    record InHalves(Rendering left, String between, Rendering right) implements Attempt {

        @Override
        public List<String> prompts() {
            return List.of(left.prompt(), right.prompt());
        }

        @Override
        public Optional<String> join(List<String> outputs) {
            return left.restore(outputs.getFirst().strip())
                    .flatMap(first -> right.restore(outputs.getLast().strip()).map(last -> first + between + last));
        }

        @Override
        public boolean inPieces() {
            return true;
        }
    }

    /** The words between what must survive, which cannot be lost then. */
    record InPieces(Pieces pieces) implements Attempt {

        @Override
        public List<String> prompts() {
            return pieces.prompts();
        }

        @Override
        public Optional<String> join(List<String> outputs) {
            return Optional.of(pieces.join(outputs));
        }

        @Override
        public boolean inPieces() {
            return true;
        }
    }
}
