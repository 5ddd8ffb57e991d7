package dev.triptych.text.translation.protection;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds placeholders, addresses, paths, options, identifiers and code in a text. Pure; safe from any thread. */
public final class PlaceholderScanner {

    private static final String NUMBERED = "%\\d{1,2}\\$[-+#0']*\\d*(?:\\.\\d+)?(?:hh|ll|[hlLqjzt])?[A-Za-z@]";
    private static final String UNNUMBERED =
            "%[-+#0']*(?:\\d+|\\*)?(?:\\.(?:\\d+|\\*))?(?:hh|ll|[hlLqjzt])?[diouxXeEfFgGaAcCsSpn@]";
    private static final String URL_REST = "[^\\s\\p{Z}\\p{C}<>\"“”„»«]*[^\\s\\p{Z}\\p{C}<>\"“”„»«.,;:!?'’)\\]}]";

    /**
     * First match wins, so longer forms come first. Repetitions of groups and those that could begin anywhere in a long
     * word are bounded: the text may be of any length.
     */
    private static final Pattern CODE = Pattern.compile(String.join(
            "|",
            "`[^`'\\v]+`",
            "(?:(?:https?|ftp|file)://|mailto:|\\bwww\\.)" + URL_REST,
            "\\b[\\w.+-]{0,63}\\w@\\w[\\w-]*(?:\\.[\\w-]+){1,20}",
            "\\{\\{[^{}\\v]*\\}\\}|\\{%[^{}\\v]*%\\}",
            "\\$\\{[^{}\\v]*\\}|\\$\\([A-Za-z_]\\w*\\)|\\$[A-Za-z_]\\w*",
            "\\{[\\w.$\\[\\]-]*\\}|\\{[\\w.$]+[,:!][^{}\\v]*(?:\\{[^{}\\v]*\\}[^{}\\v]*){0,40}\\}",
            "%\\([^()\\s\\p{Z}]+\\)[-+#0 ]*\\d*(?:\\.\\d+)?[diouxXeEfFgGcrsa]",
            "%\\{[^{}\\s\\p{Z}]+\\}|%<[^<>\\s\\p{Z}]+>[-+#0 ]*\\d*(?:\\.\\d+)?[a-zA-Z]",
            NUMBERED,
            "%L?\\d{1,2}%?(?!\\d|\\.\\d|[A-Za-z$])|%%",
            // "100%ige" has no placeholder, "0%d" has one.
            "(?<conversion>(?<![0-9])" + UNNUMBERED + "|" + UNNUMBERED + "(?![A-Za-z]))",
            "&(?:#\\d+|#x[0-9A-Fa-f]+|[A-Za-z][A-Za-z0-9]*);|&&",
            "<[A-Za-z!/?][^<>\\v]*>",
            "\\\\[ntr\"'\\\\]",
            "(?<![\\w/<.])(?:~|\\.{1,2})?/(?:[\\w.+@~$-]+/){0,40}[\\w.+@~$-]*[\\w+@~$-]/?",
            "\\b[A-Za-z]:\\\\[\\w.\\\\-]*\\w",
            "(?<![^\\s\\p{Z}(\\[\"'„“‚‘»«=|/])--?[A-Za-z][\\w-]*(?:=[^\\s\\p{Z},;)\\]]*[^\\s\\p{Z},;)\\].])?",
            "\\b[A-Za-z_][\\w.:]{0,80}(?:\\(\\)|\\([1-9]\\))",
            "\\b\\w+(?:::\\w+){1,20}\\b",
            // Not E_xit, which has a mnemonic.
            "\\b(?![A-Z][a-z]*_[a-z]+\\b)[A-Za-z0-9]+(?:_[A-Za-z0-9]+){1,20}\\b",
            "(?<![\\w@])@[A-Za-z]\\w+",
            "\\b[\\w-]{1,80}\\.(?:conf|cfg|txt|md|html|xml|json|ya?ml|py|sh|java|js|ts|css|png|jpe?g|svg|pdf|po|log|ini"
                    + "|tar|gz|zip|deb|rpm|exe|dll|csv|tsv|sql|service|desktop|jar|c|h)\\b"));

    private PlaceholderScanner() {}

    /** The text with all that was found, tags included. */
    public static MarkedText scan(String text) {
        return new MarkedText(text, TagPairs.paired(find(text)));
    }

    /** All that is found, in order; tags as they come, paired or not. */
    public static List<Span> find(String text) {
        List<Span> spans = new ArrayList<>();
        Matcher matcher = CODE.matcher(text);
        while (matcher.find()) {
            Span.Kind kind = matcher.group("conversion") == null ? Span.Kind.LITERAL : Span.Kind.CONVERSION;
            spans.add(new Span(matcher.start(), matcher.end(), kind, matcher.group()));
        }
        return spans;
    }

    /** The texts of spans, sorted. */
    static List<String> sorted(List<Span> spans) {
        return spans.stream().map(Span::replacement).sorted().toList();
    }
}
