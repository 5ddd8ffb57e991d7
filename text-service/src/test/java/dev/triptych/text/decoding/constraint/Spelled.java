package dev.triptych.text.decoding.constraint;

import dev.triptych.text.generation.TokenAutomaton;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Small vocabularies whose first token ends a sequence, and automata walked over their tokens. */
final class Spelled {

    static final int END = 0;

    private Spelled() {}

    /** The end of sequence, a token for every byte, and some that spell several. */
    static List<byte[]> vocabulary(String... more) {
        List<byte[]> spellings = new ArrayList<>();
        spellings.add(new byte[0]);
        IntStream.range(0, 256).forEach(value -> spellings.add(new byte[] {(byte) value}));
        for (String text : more) {
            spellings.add(text.getBytes(StandardCharsets.UTF_8));
        }
        return spellings;
    }

    /** The tokens that may come next. */
    static List<Integer> allowed(TokenAutomaton automaton, int state) {
        long[] mask = automaton.allowed(state);
        return IntStream.range(0, mask.length * 64)
                .filter(token -> (mask[token / 64] >> token % 64 & 1) != 0)
                .boxed()
                .toList();
    }

    /** Whether an output may be this text, spelled byte by byte. */
    static boolean takes(TokenAutomaton automaton, String text) {
        int state = automaton.start();
        for (byte value : text.getBytes(StandardCharsets.UTF_8)) {
            int token = 1 + Byte.toUnsignedInt(value);
            if (!allowed(automaton, state).contains(token)) {
                return false;
            }
            state = automaton.next(state, token);
        }
        return allowed(automaton, state).contains(END);
    }
}
