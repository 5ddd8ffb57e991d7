package dev.triptych.text.translation.markup;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Element;
import org.jsoup.nodes.Node;
import org.jsoup.nodes.Range;
import org.jsoup.nodes.TextNode;
import org.jsoup.parser.Parser;
import org.jsoup.select.NodeFilter;

/**
 * Collects the running text of an HTML source with its places. Whatever is not collected is not touched: block tags,
 * comments, scripts, what the parser mends or drops.
 */
final class HtmlTokens implements NodeFilter {

    /** Around words within a sentence. */
    private static final Set<String> INLINE = Set.of(
            "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "data", "del", "dfn", "em", "font", "i", "ins",
            "label", "mark", "q", "s", "small", "span", "strike", "strong", "sub", "sup", "time", "u");

    /** A word of a sentence as a whole. */
    private static final Set<String> ATOMS = Set.of("code", "kbd", "samp", "var", "tt", "img");

    private static final Set<String> UNTOUCHED = Set.of(
            "script",
            "style",
            "pre",
            "textarea",
            "svg",
            "math",
            "noscript",
            "template",
            "iframe",
            "object",
            "xmp",
            "listing",
            "plaintext");

    /** What a text has only if the parser dropped something from it. */
    private static final Pattern MARKUP = Pattern.compile("<[A-Za-z/!?]");

    private final String html;
    private final List<HtmlToken> tokens = new ArrayList<>();

    private HtmlTokens(String html) {
        this.html = html;
    }

    /** In order, not overlapping. */
    static List<HtmlToken> of(String html) {
        HtmlTokens collector = new HtmlTokens(html);
        Parser parser = Parser.htmlParser().setTrackPosition(true);
        Jsoup.parse(html, "", parser).filter(collector);
        collector.tokens.sort(Comparator.comparingInt(HtmlToken::start));
        List<HtmlToken> apart = new ArrayList<>();
        int end = 0;
        for (HtmlToken token : collector.tokens) {
            if (token.start() >= end) {
                apart.add(token);
                end = token.end();
            }
        }
        return apart;
    }

    @Override
    public FilterResult head(Node node, int depth) {
        if (node instanceof TextNode text) {
            addText(text.sourceRange());
            return FilterResult.CONTINUE;
        }
        if (!(node instanceof Element element)) {
            return FilterResult.SKIP_ENTIRELY;
        }
        String name = element.normalName();
        boolean inline = INLINE.contains(name);
        if (ATOMS.contains(name) || inline && kept(element)) {
            addAtom(element);
            return FilterResult.SKIP_ENTIRELY;
        }
        if (UNTOUCHED.contains(name) || kept(element)) {
            return FilterResult.SKIP_ENTIRELY;
        }
        if (inline && tracked(element.sourceRange()) && tracked(element.endSourceRange())) {
            add(element.sourceRange(), HtmlToken.Kind.OPEN);
            add(element.endSourceRange(), HtmlToken.Kind.CLOSE);
        }
        return FilterResult.CONTINUE;
    }

    /** The standard's way to say that something is not to be translated. */
    private static boolean kept(Element element) {
        return element.attr("translate").equalsIgnoreCase("no") || element.hasClass("notranslate");
    }

    private void addText(Range range) {
        if (!tracked(range)) {
            return;
        }
        String raw = html.substring(range.startPos(), range.endPos());
        String text = Parser.unescapeEntities(raw, false);
        if (!MARKUP.matcher(raw).find() && text.codePoints().noneMatch(HtmlText::isMark)) {
            tokens.add(new HtmlToken(range.startPos(), range.endPos(), HtmlToken.Kind.TEXT, text));
        }
    }

    private void addAtom(Element element) {
        Range first = element.sourceRange();
        Range last = element.endSourceRange();
        if (tracked(first)) {
            int end = tracked(last) ? last.endPos() : first.endPos();
            if (tracked(last) || element.childNodeSize() == 0) {
                tokens.add(new HtmlToken(
                        first.startPos(), end, HtmlToken.Kind.ATOM, html.substring(first.startPos(), end)));
            }
        }
    }

    private void add(Range range, HtmlToken.Kind kind) {
        tokens.add(new HtmlToken(
                range.startPos(), range.endPos(), kind, html.substring(range.startPos(), range.endPos())));
    }

    private static boolean tracked(Range range) {
        return range.isTracked() && !range.isImplicit() && range.endPos() > range.startPos();
    }
}
