package dev.triptych.text.translation.markup;

import dev.triptych.text.translation.protection.MarkedText;
import dev.triptych.text.translation.protection.PlaceholderScanner;
import dev.triptych.text.translation.protection.Span;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * An HTML document or fragment. Only its words change: all else is copied from the source, character for character.
 *
 * <pre>
 *   &lt;p class=x&gt;  See &lt;b&gt;all&lt;/b&gt; files.  &lt;/p&gt;&lt;pre&gt; … &lt;/pre&gt;
 *   └── raw ──┘└──────── run ─────────┘└──────── raw ────────┘
 * </pre>
 *
 * <p>In a run a tag is one character of Unicode's private planes, so that it is a character to all who cut and join.
 */
public final class HtmlText {

    private static final int FIRST_MARK = 0xF0000;
    private static final int LAST_MARK = 0xFFFFD;
    private static final Pattern LINE_BREAKS = Pattern.compile("[ \\t]*[\\r\\n][ \\t\\r\\n]*");

    private final List<Chunk> chunks;
    private final Map<Integer, String> tags;

    /** A stretch of the source. */
    public sealed interface Chunk {

        /** Copied. */
        record Raw(String html) implements Chunk {}

        /** Words with marks for tags, decoded; what becomes of it goes through {@link HtmlText#encode}. */
        record Run(MarkedText text) implements Chunk {}
    }

    private HtmlText(List<Chunk> chunks, Map<Integer, String> tags) {
        this.chunks = List.copyOf(chunks);
        this.tags = Map.copyOf(tags);
    }

    public static HtmlText parse(String html) {
        Map<Integer, String> tags = new HashMap<>();
        List<Chunk> chunks = new ArrayList<>();
        List<HtmlToken> run = new ArrayList<>();
        int end = 0;
        for (HtmlToken token : HtmlTokens.of(html)) {
            if (token.start() > end || tags.size() + run.size() > LAST_MARK - FIRST_MARK) {
                addRun(run, tags, chunks);
                chunks.add(new Chunk.Raw(html.substring(end, token.start())));
            }
            run.add(token);
            end = token.end();
        }
        addRun(run, tags, chunks);
        chunks.add(new Chunk.Raw(html.substring(end)));
        return new HtmlText(chunks, tags);
    }

    private static void addRun(List<HtmlToken> run, Map<Integer, String> tags, List<Chunk> chunks) {
        StringBuilder text = new StringBuilder();
        List<Span> spans = new ArrayList<>();
        for (HtmlToken token : run) {
            int from = text.length();
            if (token.kind() == HtmlToken.Kind.TEXT) {
                text.append(LINE_BREAKS.matcher(token.text()).replaceAll(" "));
                PlaceholderScanner.find(text.substring(from)).forEach(span -> spans.add(span.shifted(-from)));
            } else {
                int mark = FIRST_MARK + tags.size();
                tags.put(mark, token.text());
                text.appendCodePoint(mark);
                spans.add(new Span(from, text.length(), kind(token), Character.toString(mark)));
            }
        }
        if (!run.isEmpty()) {
            chunks.add(new Chunk.Run(new MarkedText(text.toString(), spans)));
        }
        run.clear();
    }

    private static Span.Kind kind(HtmlToken token) {
        return switch (token.kind()) {
            case OPEN -> Span.Kind.OPEN;
            case CLOSE -> Span.Kind.CLOSE;
            default -> Span.Kind.ATOM;
        };
    }

    /** Whether a character stands for a tag, so that a text that has it cannot be told from a run. */
    static boolean isMark(int c) {
        return c >= FIRST_MARK && c <= LAST_MARK;
    }

    /** The whole source in order. */
    public List<Chunk> chunks() {
        return chunks;
    }

    /** HTML of a text that was made from runs: tags in place of their marks, special characters as entities. */
    public String encode(String text) {
        StringBuilder html = new StringBuilder();
        text.codePoints().forEach(c -> {
            String tag = tags.get(c);
            if (tag != null) {
                html.append(tag);
                return;
            }
            switch (c) {
                case '&' -> html.append("&amp;");
                case '<' -> html.append("&lt;");
                case '>' -> html.append("&gt;");
                case '\u00A0' -> html.append("&nbsp;");
                default -> html.appendCodePoint(c);
            }
        });
        return html.toString();
    }
}
