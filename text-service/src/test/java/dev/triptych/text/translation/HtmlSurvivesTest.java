package dev.triptych.text.translation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Markup is what it was, whatever a model makes of the words. */
class HtmlSurvivesTest {

    /** Capitals, but for what looks like a placeholder. */
    private static final UnaryOperator<String> CAPITALS = prompt -> Pattern.compile("%\\d\\$s|[^%]+|%")
            .matcher(prompt)
            .replaceAll(match -> Matcher.quoteReplacement(
                    match.group().startsWith("%")
                            ? match.group()
                            : match.group().toUpperCase(Locale.ROOT)));

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '!', textBlock = """
            <p>One two.</p> | <p>ONE TWO.</p>
            <p class="a b" id=x>One</p><!-- two --><br>three | <p class="a b" id=x>ONE</p><!-- two --><br>THREE
            See <a href="x.html?a=1&b=2">the <b>guide</b></a>. | SEE <a href="x.html?a=1&b=2">THE <b>GUIDE</b></a>.
            <pre>one</pre><script>var one = "<p>";</script>two | <pre>one</pre><script>var one = "<p>";</script>TWO
            <style>p { color: red }</style><title>one</title> | <style>p { color: red }</style><title>ONE</title>
            Press <code>git  push</code> now. | PRESS <code>git  push</code> NOW.
            One &amp; two &lt; three&nbsp;&copy; | ONE &amp; TWO &lt; THREE&nbsp;©
            One <span translate="no">Two</span> three | ONE <span translate="no">Two</span> THREE
            <div class="notranslate"><p>one</p></div> | <div class="notranslate"><p>one</p></div>
            <img src="a.png" alt="one"> two | <img src="a.png" alt="one"> TWO
            <ul><li>one<li>two</ul> | <ul><li>ONE<li>TWO</ul>
            <b>one <i>two</b> three</i> | <b>ONE <i>TWO</b> THREE</i>
            one</p>two | ONE</p>TWO
            <td>one</td> | <td>ONE</td>
            1 < 2 and one | 1 &lt; 2 AND ONE
            """)
    void wordsAreTranslatedAndAllElseIsKept(String html, String expected) {
        assertThat(translate(html, CAPITALS)).isEqualTo(expected);
    }

    @Test
    void linesOfAParagraphAreOneSentence() {
        DamagingGenerator generator = new DamagingGenerator(CAPITALS);
        assertThat(generator
                        .translate("<p>\n  One two\n  three.\n</p>", TextFormat.HTML)
                        .text())
                .isEqualTo("<p> ONE TWO THREE. </p>");
        assertThat(generator.prompts).containsExactly("One two three.");
    }

    @Test
    void anElementMovesWithItsWords() {
        UnaryOperator<String> verbLast = prompt -> switch (prompt) {
            case "Open %1$s the file %2$s now." -> "Jetzt %1$s die Datei %2$s öffnen.";
            case "the file" -> "eine Akte";
            default -> prompt;
        };
        assertThat(translate("<p>Open <em>the file</em> now.</p>", verbLast))
                .isEqualTo("<p>Jetzt <em>die Datei</em> öffnen.</p>");
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void wellFormedInIsWellFormedOutWithTheSameTags(int seed) {
        Random random = new Random(seed);
        StringBuilder html = new StringBuilder();
        content(random, 3, html);
        String translation = translate(html.toString(), DamagingGenerator.damaging(random));
        List<String> tags = tags(translation);
        assertThat(tags.stream().sorted().toList())
                .as("seed %d: %s -> %s", seed, html, translation)
                .isEqualTo(tags(html.toString()).stream().sorted().toList());
        List<String> open = new ArrayList<>();
        for (String tag : tags) {
            if (tag.startsWith("</")) {
                assertThat(open.removeLast()).as("seed " + seed).startsWith("<" + tag.substring(2, tag.length() - 1));
            } else if (!tag.startsWith("<br") && !tag.startsWith("<!")) {
                open.add(tag);
            }
        }
        assertThat(open).as("seed " + seed).isEmpty();
        assertThat(translation).as("seed " + seed).doesNotContainPattern("[\\x{F0000}-\\x{FFFFD}]");
    }

    static IntStream seeds() {
        return IntStream.range(0, 500);
    }

    private static void content(Random random, int depth, StringBuilder html) {
        int parts = 1 + random.nextInt(5);
        for (int i = 0; i < parts; i++) {
            int choice = random.nextInt(depth > 0 ? 8 : 4);
            switch (choice) {
                case 0 -> html.append("the file ");
                case 1 -> html.append("Open it. ");
                case 2 -> html.append("a &lt; b &amp; %s, ");
                case 3 ->
                    html.append(List.of("<br>", "<code>a < b</code>", "<!-- c -->", "word")
                            .get(random.nextInt(4)));
                default -> {
                    String name = List.of("b", "em", "span", "div").get(choice - 4);
                    html.append('<').append(name).append(random.nextBoolean() ? " class=\"x\">" : ">");
                    content(random, depth - 1, html);
                    html.append("</").append(name).append('>');
                }
            }
        }
    }

    private static List<String> tags(String html) {
        List<String> tags = new ArrayList<>();
        Matcher matcher = Pattern.compile("</?[a-z][^<>]*>|<!--.*?-->").matcher(html);
        while (matcher.find()) {
            tags.add(matcher.group());
        }
        return tags;
    }

    private static String translate(String html, UnaryOperator<String> model) {
        return new DamagingGenerator(model).translate(html, TextFormat.HTML).text();
    }
}
