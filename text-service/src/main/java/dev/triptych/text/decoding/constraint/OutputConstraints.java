package dev.triptych.text.decoding.constraint;

import dev.triptych.text.generation.OutputFormat;
import dev.triptych.text.generation.ParameterException;
import dev.triptych.text.generation.TokenAutomaton;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Turns what requests ask of their outputs into automata over a model's tokens, and keeps those of the latest. Safe from
 * any thread; compiling takes processor time, up to about a second at its bounds.
 */
public final class OutputConstraints {

    private static final int KEPT = 8;

    private final SpelledVocabulary vocabulary;
    private final List<Integer> endTokens;
    private final Map<OutputFormat, TokenAutomaton> latest = new LinkedHashMap<>(16, 0.75f, true);

    /**
     * @param spellings the bytes of each token by id; empty for tokens that no text contains
     * @param endTokens those that end a sequence
     */
    public OutputConstraints(List<byte[]> spellings, List<Integer> endTokens) {
        this.vocabulary = new SpelledVocabulary(spellings);
        this.endTokens = List.copyOf(endTokens);
    }

    /**
     * The automaton of a format.
     *
     * @throws ParameterException naming the field and what of it is not known, over a bound, or beyond the vocabulary
     */
    public TokenAutomaton compile(OutputFormat format) {
        synchronized (latest) {
            TokenAutomaton known = latest.get(format);
            if (known != null) {
                return known;
            }
        }
        ByteDfa dfa = ByteDfa.of(new ByteNfa(new CharGraph(term(format), format.field())), format.field());
        requireBytes(dfa, format.field());
        TokenAutomaton made = new MaskedVocabulary(dfa, vocabulary, endTokens);
        synchronized (latest) {
            latest.put(format, made);
            if (latest.size() > KEPT) {
                latest.remove(latest.keySet().iterator().next());
            }
        }
        return made;
    }

    private static Term term(OutputFormat format) {
        return switch (format) {
            case OutputFormat.Regex regex -> new RegexParser(regex.pattern(), regex.field(), regex.field()).whole();
            case OutputFormat.OneOf oneOf ->
                new Term.Choice(oneOf.texts().stream().map(Term::text).toList());
            case OutputFormat.JsonSchema json -> new SchemaGrammar(json.schema(), json.field()).term();
            case OutputFormat.JsonObject ignored -> JsonTerms.anyObject(JsonTerms.MAX_DEPTH);
        };
    }

    /** With a token for every single byte, no token leads to where none goes on. */
    private void requireBytes(ByteDfa dfa, String field) {
        BitSet lacking = dfa.bytes();
        lacking.andNot(vocabulary.singles());
        if (!lacking.isEmpty()) {
            throw new ParameterException(
                    field,
                    field + " needs bytes that no token of the model spells by itself, such as 0x"
                            + Integer.toHexString(lacking.nextSetBit(0)));
        }
    }
}
