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

    /** What a program fills in or reads: one too many is as wrong as one too few. */
    private static final String FORMAT = String.join(
            "|",
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
            "\\\\[ntr\"'\\\\]");

    /**
     * First match wins, so longer forms come first. Repetitions of groups and those that could begin anywhere in a long
     * word are bounded and give nothing back: the text may be of any length.
     */
    private static final Pattern CODE = Pattern.compile(String.join(
            "|",
            "`[^`'\\v]+`",
            "(?:(?:https?|ftp|file)://|mailto:|\\bwww\\.)" + URL_REST,
            "(?<![\\p{L}\\w.+-])[\\w.+-]{1,64}+@\\w[\\w-]*+(?:\\.[\\w-]++){1,20}(?!\\p{L})",
            "(?<format>" + FORMAT + ")",
            "(?<![\\w/<.-])(?:~|\\.{1,2})?/(?:[\\w.+@~$-]+/){0,40}[\\w.+@~$-]*[\\w+@~$-](?!\\p{L})/?",
            "\\b[A-Za-z]:\\\\[\\w.\\\\-]*\\w(?!\\p{L})",
            "(?<![^\\s\\p{Z}(\\[\"'„“‚‘»«=|/])--?[A-Za-z][\\w-]*+(?!\\p{L})"
                    + "(?:=[^\\s\\p{Z},;)\\]\"“”„»«]*[^\\s\\p{Z},;)\\].\"“”„»«])?",
            "(?<![\\p{L}\\w])(?:[A-Za-z_][\\w.:]{0,80}+(?:\\(\\)|\\([1-9]\\))"
                    + "|\\w++(?:::\\w++){1,20}(?!\\p{L})"
                    // Not E_xit, which has a mnemonic.
                    + "|(?![A-Z][a-z]*_[a-z]+\\b)[A-Za-z0-9]++(?:_[A-Za-z0-9]++){1,20}(?![\\p{L}_])"
                    + "|[\\w-]{2,80}+\\.(?:conf|cfg|txt|md|html|xml|json|ya?ml|py|sh|java|js|ts|css|png|jpe?g|svg|pdf|po"
                    + "|log|ini|tar|gz|zip|deb|rpm|exe|dll|csv|tsv|sql|service|desktop|jar|c|h)(?![\\p{L}\\w]))",
            "(?<![\\w@])@[A-Za-z]\\w++(?!\\p{L})"));

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

    /**
     * Whether two texts have the same of all this. The second may have more of what is no placeholder and not in the first:
     * a word with a hyphen before it, as German has, looks like an option.
     */
    static boolean agree(String expected, String actual) {
        List<String> all = find(expected).stream().map(Span::replacement).toList();
        List<String> missing = new ArrayList<>(all);
        Matcher matcher = CODE.matcher(actual);
        while (matcher.find()) {
            boolean tooMany = !missing.remove(matcher.group());
            if (tooMany && (matcher.group("format") != null || all.stream().anyMatch(matcher.group()::contains))) {
                return false;
            }
        }
        return missing.isEmpty();
    }
}
