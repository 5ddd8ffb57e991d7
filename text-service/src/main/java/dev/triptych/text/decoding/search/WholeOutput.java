package dev.triptych.text.decoding.search;

import dev.triptych.text.decoding.Sequence;
import dev.triptych.text.decoding.StopRule;
import dev.triptych.text.generation.FinishReason;
import dev.triptych.text.generation.GeneratedSequence;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Ends outputs that come as a whole where they would have ended token by token: with an end-of-sequence token, a stop
 * text, or the last token that fits.
 *
 * @param given what the decoder was given; not changed
 */
record WholeOutput(Sequence given, StopRule stop, int maxNewTokens) {

    /**
     * The sequence that a list of tokens is.
     *
     * @param withLogProbs whether they are reported
     */
    GeneratedSequence of(List<Token> tokens, double score, boolean withLogProbs) {
        return of(tokens, score, withLogProbs, FinishReason.STOP);
    }

    /** @param uncut why the tokens end where they do, if nothing cuts them */
    GeneratedSequence of(List<Token> tokens, double score, boolean withLogProbs, FinishReason uncut) {
        List<Token> kept = new ArrayList<>(tokens.size());
        Sequence sequence = given.fork();
        FinishReason reason = uncut;
        for (Token token : tokens) {
            @Nullable FinishReason ends = stop.after(sequence, token.tokenId(), maxNewTokens);
            sequence.append(token.tokenId(), token.logProb());
            kept.add(token);
            if (ends != null) {
                boolean whole = kept.size() == tokens.size();
                reason = whole ? uncut : ends;
                break;
            }
        }
        return new GeneratedSequence(
                reason,
                sequence.generated(),
                score,
                withLogProbs ? sequence.logProbs() : List.of(),
                kept.stream().anyMatch(token -> !token.top().isEmpty())
                        ? kept.stream().map(Token::top).toList()
                        : List.of());
    }

    /** A sequence without tokens, for requests that end before there are any. */
    static GeneratedSequence none(FinishReason reason) {
        return new GeneratedSequence(reason, List.of(), 0, List.of(), List.of());
    }
}
