package dev.triptych.text.decoding.constraint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.triptych.text.generation.OutputFormat;
import dev.triptych.text.generation.TokenAutomaton;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Masks against the plain definition: a token is allowed if some text of the language goes on with it. */
class TokenMaskTest {

    private static final int LONGEST = 8;
    private static final String LETTERS = "ab";

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16})
    void aTokenIsAllowedExactlyWhereAnOutputGoesOnWithIt(long seed) {
        Random random = new Random(seed);
        List<String> more = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            more.add(word(random, 2 + random.nextInt(3)));
        }
        List<byte[]> vocabulary = Spelled.vocabulary(more.toArray(String[]::new));
        String regex = bounded(random, 3);
        TokenAutomaton automaton = new OutputConstraints(vocabulary, List.of(Spelled.END))
                .compile(new OutputFormat.Regex("guided_regex", regex));
        Set<String> language = language(regex);
        Set<String> beginnings = new HashSet<>();
        language.forEach(text -> {
            for (int end = 0; end <= text.length(); end++) {
                beginnings.add(text.substring(0, end));
            }
        });
        check(automaton, automaton.start(), "", new Walk(seed + ": " + regex, vocabulary, language, beginnings));
    }

    private record Walk(String name, List<byte[]> vocabulary, Set<String> language, Set<String> beginnings) {}

    private static void check(TokenAutomaton automaton, int state, String soFar, Walk walk) {
        List<Integer> expected = new ArrayList<>();
        for (int token = 0; token < walk.vocabulary.size(); token++) {
            String text = new String(walk.vocabulary.get(token), StandardCharsets.ISO_8859_1);
            boolean goesOn =
                    token == Spelled.END ? walk.language.contains(soFar) : walk.beginnings.contains(soFar + text);
            if (goesOn) {
                expected.add(token);
            }
            int next = automaton.next(state, token);
            assertThat(next != TokenAutomaton.DEAD)
                    .as("%s: '%s' and '%s'", walk.name, soFar, text)
                    .isEqualTo(goesOn && token != Spelled.END);
            if (next != TokenAutomaton.DEAD) {
                check(automaton, next, soFar + text, walk);
            }
        }
        assertThat(Spelled.allowed(automaton, state))
                .as("%s behind '%s'", walk.name, soFar)
                .isEqualTo(expected);
    }

    @Test
    void anEndOfSequenceThatSpellsTextIsNoText() {
        List<byte[]> vocabulary = Spelled.vocabulary("ab");
        int ending = vocabulary.size() - 1;
        TokenAutomaton automaton = new OutputConstraints(vocabulary, List.of(Spelled.END, ending, 9_999))
                .compile(new OutputFormat.OneOf("guided_choice", List.of("ab", "")));
        assertThat(Spelled.allowed(automaton, automaton.start())).containsExactly(Spelled.END, 1 + 'a', ending);
        assertThat(automaton.next(automaton.start(), ending)).isEqualTo(TokenAutomaton.DEAD);
        TokenAutomaton longer = new OutputConstraints(vocabulary, List.of(Spelled.END, ending))
                .compile(new OutputFormat.OneOf("guided_choice", List.of("abab")));
        assertThat(Spelled.allowed(longer, longer.start())).containsExactly(1 + 'a');
        assertThat(Spelled.allowed(automaton, automaton.next(automaton.start(), 1 + 'a')))
                .containsExactly(1 + 'b');
    }

    @Test
    void halvesOfACharacterAreAllowedOneByOneAndOnlyTogether() {
        List<byte[]> vocabulary = new ArrayList<>(Spelled.vocabulary("é"));
        vocabulary.add(new byte[] {(byte) 0xC3, (byte) 0xA9, 'x'});
        TokenAutomaton automaton = new OutputConstraints(vocabulary, List.of(Spelled.END))
                .compile(new OutputFormat.Regex("guided_regex", "éx?"));
        int whole = vocabulary.size() - 2;
        assertThat(Spelled.allowed(automaton, automaton.start())).containsExactly(1 + 0xC3, whole, whole + 1);
        int half = automaton.next(automaton.start(), 1 + 0xC3);
        assertThat(Spelled.allowed(automaton, half)).containsExactly(1 + 0xA9);
        assertThat(Spelled.allowed(automaton, automaton.next(half, 1 + 0xA9))).containsExactly(Spelled.END, 1 + 'x');
    }

    /** Expressions whose longest text has at most {@link #LONGEST} letters. */
    private static String bounded(Random random, int depth) {
        if (depth == 0) {
            return List.of("a", "b", "[ab]").get(random.nextInt(3));
        }
        return switch (random.nextInt(3)) {
            case 0 -> "(" + bounded(random, depth - 1) + "|" + bounded(random, depth - 1) + ")";
            case 1 -> "(" + bounded(random, depth - 1) + ")?";
            default -> bounded(random, depth - 1) + bounded(random, depth - 1);
        };
    }

    private static Set<String> language(String regex) {
        Pattern pattern = Pattern.compile(regex);
        Set<String> language = new HashSet<>();
        List<String> texts = new ArrayList<>(List.of(""));
        for (int length = 0; length <= LONGEST; length++) {
            List<String> longer = new ArrayList<>();
            for (String text : texts) {
                if (pattern.matcher(text).matches()) {
                    language.add(text);
                }
                for (int i = 0; i < LETTERS.length(); i++) {
                    longer.add(text + LETTERS.charAt(i));
                }
            }
            texts = longer;
        }
        return language;
    }

    private static String word(Random random, int length) {
        StringBuilder word = new StringBuilder();
        for (int i = 0; i < length; i++) {
            word.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
        }
        return word.toString();
    }
}
