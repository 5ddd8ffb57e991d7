package dev.triptych.text.translation;

import dev.triptych.text.translation.markup.HtmlText;
import dev.triptych.text.translation.protection.Glossary;
import dev.triptych.text.translation.protection.PlaceholderScanner;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;

/**
 * Takes texts apart into what is translated and what is copied.
 *
 * @param glossary wanted translations
 * @param target the language of the translation
 * @param retries what a guard's complaint leads to
 * @param maxSentenceChars longer sentences are cut at a clause
 */
record TextReading(
        SentenceSplitter splitter,
        Glossary glossary,
        Locale target,
        SentenceWork.Retries retries,
        int maxSentenceChars) {

    TextAssembly read(String text, TextFormat format) {
        return switch (format) {
            case TEXT ->
                new TextAssembly(
                        splitter.split(glossary.mark(PlaceholderScanner.scan(text))),
                        new TextAssembly.Style(target, true, UnaryOperator.identity(), retries, maxSentenceChars));
            case HTML -> html(HtmlText.parse(text));
        };
    }

    private TextAssembly html(HtmlText html) {
        List<Segment> segments = new ArrayList<>();
        for (HtmlText.Chunk chunk : html.chunks()) {
            switch (chunk) {
                case HtmlText.Chunk.Raw raw -> segments.add(new Segment.Verbatim(raw.html()));
                case HtmlText.Chunk.Run run ->
                    splitter.split(glossary.mark(run.text())).forEach(segment -> segments.add(encoded(segment, html)));
            }
        }
        return new TextAssembly(
                segments, new TextAssembly.Style(target, false, html::encode, retries, maxSentenceChars));
    }

    private static Segment encoded(Segment segment, HtmlText html) {
        return switch (segment) {
            case Segment.Verbatim verbatim -> new Segment.Verbatim(html.encode(verbatim.text()));
            case Segment.Sentence sentence -> sentence;
        };
    }
}
