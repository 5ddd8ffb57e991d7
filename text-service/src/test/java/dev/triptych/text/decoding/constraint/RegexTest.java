package dev.triptych.text.decoding.constraint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.triptych.text.generation.OutputFormat;
import dev.triptych.text.generation.ParameterException;
import dev.triptych.text.generation.TokenAutomaton;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Regular expressions against the JDK's own engine, and what is refused. */
class RegexTest {

    private static final OutputConstraints CONSTRAINTS =
            new OutputConstraints(Spelled.vocabulary(), List.of(Spelled.END));
    private static final List<String> ALPHABET = List.of("a", "b", "7", "é", "漢", "😀", " ");

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    void randomExpressionsTakeWhatTheJdkMatches(long seed) {
        Random random = new Random(seed);
        List<String> texts = texts(4);
        for (int round = 0; round < 6; round++) {
            String regex = expression(random, 3);
            TokenAutomaton automaton = compile(regex);
            Pattern pattern = Pattern.compile(regex);
            for (String text : texts) {
                assertThat(Spelled.takes(automaton, text))
                        .as("seed %d: %s on '%s'", seed, regex, text)
                        .isEqualTo(pattern.matcher(text).matches());
            }
        }
    }

    @ParameterizedTest
    @CsvSource(delimiterString = " ~ ", quoteCharacter = '`', textBlock = """
            \\d{3}-\\d{4}              ~ 555-1234            ~ 555-123
            (?:yes|no)(?:!)?          ~ yes!                ~ yes!!
            (?<year>19|20)\\d\\d       ~ 1999                ~ 2199
            [^\\s"\\\\]+                ~ ab-é                ~ a b
            [\\w.+-]+@[\\w-]+\\.[a-z]{2,} ~ a.b@c-d.org       ~ a.b@c
            ^abc$                     ~ abc                 ~ abcd
            ^a|b$                     ~ b                   ~ ab
            a*?b+?                    ~ aab                 ~ aa
            \\u00e9\\x41\\u{1F600}\\ud83d\\ude01 ~ éA😀😁         ~ eA
            [\\-\\]]{2}                ~ -]                  ~ -
            a{,2}                     ~ a{,2}               ~ aa
            [a-c\\d]+                  ~ a1c                 ~ d
            .{2}                      ~ 漢😀                ~ 漢
            [\\b]?x                    ~ x                   ~ b
            \\$\\.\\(\\)                 ~ $.()                ~ $
            """)
    void whatIsWrittenInEitherDialectIsRead(String regex, String matching, String other) {
        TokenAutomaton automaton = compile(regex);
        assertThat(Spelled.takes(automaton, matching)).as(matching).isTrue();
        assertThat(Spelled.takes(automaton, other)).as(other).isFalse();
    }

    @ParameterizedTest
    @CsvSource(delimiterString = " ~ ", quoteCharacter = '`', textBlock = """
            (a            ~ ( that is not closed
            a)            ~ ) that closes nothing
            [a            ~ [ that is not closed
            *a            ~ quantifier behind nothing
            {3}           ~ quantifier behind nothing
            a{3,2}        ~ wrong order
            a{10001}      ~ above 10000
            [z-a]         ~ wrong order
            [\\d-z]        ~ class as its end
            (?=a)b        ~ assertion
            (?<=a)b       ~ assertion
            (?i)a         ~ flag
            (a)\\1         ~ \\1
            \\bword\\b      ~ \\b
            \\p{L}         ~ \\p
            a++           ~ possessive
            [[:alpha:]]   ~ class within a class
            (^a)          ~ anchor
            a$b           ~ anchor
            \\u12          ~ hexadecimal
            \\ud800        ~ half of a character
            [^\\d\\D]       ~ describes no output
            """)
    void whatIsNotRegularOrNotSharedIsRefusedByName(String regex, String message) {
        assertThatThrownBy(() -> compile(regex))
                .isInstanceOfSatisfying(
                        ParameterException.class, e -> assertThat(e.parameter()).isEqualTo("guided_regex"))
                .hasMessageStartingWith("guided_regex ")
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @CsvSource(delimiterString = " ~ ", textBlock = """
            (a|b)*a(a|b){24}                 ~ more than 20000 states
            ((a{100}){100}){100}             ~ 50000 characters and choices
            (((a?){100}){100}){100}          ~ 50000 characters and choices
            ((((((a{0}){9999}){9999}){9999}){9999}){9999}){9999} ~ 50000 characters and choices
            (.{0,40}x){60}(.?){900}          ~ which is the bound
            """)
    void whatWouldTakeTooMuchIsRefusedWithItsBound(String regex, String bound) {
        assertThatThrownBy(() -> compile(regex))
                .isInstanceOf(ParameterException.class)
                .hasMessageContaining(bound);
    }

    @Test
    void aVocabularyThatLacksAByteIsRefusedWhereItIsNeeded() {
        List<byte[]> spellings = new ArrayList<>(Spelled.vocabulary("zz"));
        spellings.set(1 + 'z', new byte[0]);
        OutputConstraints constraints = new OutputConstraints(spellings, List.of(Spelled.END));
        assertThat(constraints.compile(new OutputFormat.Regex("f", "a+"))).isNotNull();
        assertThatThrownBy(() -> constraints.compile(new OutputFormat.Regex("f", "zz")))
                .isInstanceOf(ParameterException.class)
                .hasMessageContaining("0x7a");
    }

    private static TokenAutomaton compile(String regex) {
        return CONSTRAINTS.compile(new OutputFormat.Regex("guided_regex", regex));
    }

    private static List<String> texts(int longest) {
        List<String> texts = new ArrayList<>(List.of(""));
        int from = 0;
        for (int length = 1; length <= longest; length++) {
            int to = texts.size();
            for (int i = from; i < to; i++) {
                for (String character : length < 4 ? ALPHABET : ALPHABET.subList(0, 3)) {
                    texts.add(texts.get(i) + character);
                }
            }
            from = to;
        }
        return texts;
    }

    static String expression(Random random, int depth) {
        if (depth == 0) {
            List<String> atoms = List.of("a", "b", "é", "😀", ".", "[ab]", "[^a]", "\\d", "\\w", "\\S", "[a-é]", "漢");
            return atoms.get(random.nextInt(atoms.size()));
        }
        return switch (random.nextInt(5)) {
            case 0 -> "(?:" + expression(random, depth - 1) + "|" + expression(random, depth - 1) + ")";
            case 1 -> {
                List<String> quantifiers = List.of("*", "+", "?", "{2}", "{1,}", "{0,2}", "*?");
                yield "(" + expression(random, depth - 1) + ")" + quantifiers.get(random.nextInt(quantifiers.size()));
            }
            default -> expression(random, depth - 1) + expression(random, depth - 1);
        };
    }
}
